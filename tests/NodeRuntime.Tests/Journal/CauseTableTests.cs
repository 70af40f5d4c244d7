using Keepalived.Es.NodeRuntime.Journal;

namespace Keepalived.Es.NodeRuntime.Tests.Journal;

public sealed class CauseTableTests
{
    private readonly CauseTable _causes = new();

    [Fact]
    public void A_token_names_its_sequence_and_none_and_an_unknown_one_name_nothing()
    {
        _causes.Learn(7, 70);
        _causes.Learn(0, 1);
        Assert.Equal((70, null, null), (_causes.SequenceOf(7), _causes.SequenceOf(8), _causes.SequenceOf(0)));
    }

    [Fact]
    public void The_oldest_are_forgotten()
    {
        for (int token = 1; token <= 5_000; token++)
        {
            _causes.Learn(token, token * 10);
        }

        Assert.Null(_causes.SequenceOf(904));
        Assert.Equal(9_050, _causes.SequenceOf(905));
        Assert.Equal(50_000, _causes.SequenceOf(5_000));
    }
}
