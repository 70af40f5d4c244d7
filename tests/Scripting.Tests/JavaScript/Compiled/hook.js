"use strict";
var __extends = (this && this.__extends) || (function () {
    var extendStatics = function (d, b) {
        extendStatics = Object.setPrototypeOf ||
            ({ __proto__: [] } instanceof Array && function (d, b) { d.__proto__ = b; }) ||
            function (d, b) { for (var p in b) if (Object.prototype.hasOwnProperty.call(b, p)) d[p] = b[p]; };
        return extendStatics(d, b);
    };
    return function (d, b) {
        if (typeof b !== "function" && b !== null)
            throw new TypeError("Class extends value " + String(b) + " is not a constructor or null");
        extendStatics(d, b);
        function __() { this.constructor = d; }
        d.prototype = b === null ? Object.create(b) : (__.prototype = b.prototype, new __());
    };
})();
var __assign = (this && this.__assign) || function () {
    __assign = Object.assign || function(t) {
        for (var s, i = 1, n = arguments.length; i < n; i++) {
            s = arguments[i];
            for (var p in s) if (Object.prototype.hasOwnProperty.call(s, p))
                t[p] = s[p];
        }
        return t;
    };
    return __assign.apply(this, arguments);
};
var __spreadArray = (this && this.__spreadArray) || function (to, from, pack) {
    if (pack || arguments.length === 2) for (var i = 0, l = from.length, ar; i < l; i++) {
        if (ar || !(i in from)) {
            if (!ar) ar = Array.prototype.slice.call(from, 0, i);
            ar[i] = from[i];
        }
    }
    return to.concat(ar || Array.prototype.slice.call(from));
};
/// <reference path="../../../../hooks/keepalived-es.d.ts" />
// Compiled with TypeScript 5.9: tsc --target ES5 --lib ES2017 --sourceMap --strict hook.ts
var Step = /** @class */ (function () {
    function Step(name) {
        this.name = name;
    }
    Step.prototype.say = function () { return "step ".concat(this.name); };
    return Step;
}());
var Big = /** @class */ (function (_super) {
    __extends(Big, _super);
    function Big() {
        return _super !== null && _super.apply(this, arguments) || this;
    }
    Big.prototype.say = function () { return _super.prototype.say.call(this) + "!"; };
    return Big;
}(Step));
function notify_master(ctx) {
    var _a;
    var instance = ctx.instance, vips = ctx.vips;
    var out = [];
    for (var _i = 0, vips_1 = vips; _i < vips_1.length; _i++) {
        var vip = vips_1[_i];
        out = __spreadArray(__spreadArray([], out, true), ["".concat(instance, ":").concat(vip)], false);
    }
    var r = mysql.query("local", "SELECT 1", [1, null], { timeoutMs: 5 });
    var f = function (a, b) {
        if (b === void 0) { b = 2; }
        var c = [];
        for (var _i = 2; _i < arguments.length; _i++) {
            c[_i - 2] = arguments[_i];
        }
        return a + b + c.length;
    };
    for (var i = 0; i < 3; i++) {
        out.push(new Big(String(f(i))).say());
    }
    var o = __assign({ instance: instance }, { a: 1 });
    if ((_a = out === null || out === void 0 ? void 0 : out.length) !== null && _a !== void 0 ? _a : 0 > 100)
        log.info("{A}", { A: out.length });
    throwIt(o.a);
    return { out: out, ok: r.ok };
}
function throwIt(n) {
    throw new Error("at ".concat(Math.pow(n, 2)));
}
//# sourceMappingURL=hook.js.map