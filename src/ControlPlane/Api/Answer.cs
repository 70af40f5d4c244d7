namespace Keepalived.Es.ControlPlane.Api;

/// <summary>Answers of the HTTP interface.</summary>
internal static class Answer
{
    internal static IResult Ok<T>(T body) => Results.Json(body, ApiJson.Options);

    internal static IResult Error(int status, string error, string? place = null) => Results.Json(new ApiError(error, place), ApiJson.Options, statusCode: status);
}
