// Takes the compilers away, puts the host functions on frozen global objects, and gives back what calls a function of the hook.
// Everything that it needs later is taken now, before the hook's own code can change it.
(function (global) {
    var define = Object.defineProperty, freeze = Object.freeze, keys = Object.keys, owns = Object.prototype.hasOwnProperty;
    var parse = JSON.parse, stringify = JSON.stringify, slice = Array.prototype.slice;

    function fix(target, name, value) {
        define(target, name, { value: value, writable: false, configurable: false, enumerable: true });
    }
    define(Function.prototype, 'constructor', { value: undefined, writable: false, configurable: false });
    define(global, 'Function', { value: undefined, writable: false, configurable: false });
    define(global, 'eval', { value: undefined, writable: false, configurable: false });

    function hostFunction(host, name) {
        return function () {
            return parse(host(name, stringify(slice.call(arguments))));
        };
    }

    return function (host, names) {
        var spaces = {};
        parse(names).forEach(function (name) {
            var parts = name.split('.');
            if (parts.length === 1) {
                fix(global, name, freeze(hostFunction(host, name)));
                return;
            }
            if (!owns.call(spaces, parts[0])) { spaces[parts[0]] = {}; }
            fix(spaces[parts[0]], parts[1], freeze(hostFunction(host, name)));
        });
        keys(spaces).forEach(function (name) { fix(global, name, freeze(spaces[name])); });

        return function (name, ctx) {
            var json = stringify(global[name](ctx));
            return json === undefined ? 'null' : json;
        };
    };
})(this);
