// What ES2015 and later added to the library, as far as it can be had in ES5. Results have a longest length: no statement limit sees inside a built-in.
(function (global) {
    var LONGEST_TEXT = 1048576, LONGEST_ARRAY = 100000;

    function add(target, name, value) {
        Object.defineProperty(target, name, { value: value, writable: true, configurable: true, enumerable: false });
    }
    function bounded(length, limit, what) {
        if (!(length >= 0 && length <= limit)) {
            throw new RangeError(what + ': a length of ' + length + ' is out of range, allowed 0 to ' + limit);
        }
        return length;
    }
    function whole(value) {
        var number = Number(value);
        return number !== number ? 0 : number < 0 ? Math.ceil(number) : Math.floor(number);
    }
    function text(value) {
        if (value === undefined || value === null) {
            throw new TypeError('a text is wanted, not ' + value);
        }
        return String(value);
    }
    function from(start, length) {
        var first = whole(start);
        return first < 0 ? Math.max(length + first, 0) : Math.min(first, length);
    }
    function repeat(part, count) {
        var result = '', rest = whole(count);
        bounded(part.length * rest, LONGEST_TEXT, 'repeat');
        bounded(rest, LONGEST_TEXT, 'repeat');
        for (; rest > 0; rest = Math.floor(rest / 2)) {
            if (rest % 2 === 1) { result += part; }
            if (rest > 1) { part += part; }
        }
        return result;
    }
    function padding(own, length, filler) {
        var missing = bounded(whole(length), LONGEST_TEXT, 'pad') - own.length;
        var part = filler === undefined ? ' ' : String(filler);
        return missing <= 0 || part === '' ? '' : repeat(part, Math.ceil(missing / part.length)).slice(0, missing);
    }

    add(String.prototype, 'includes', function (part, start) { return text(this).indexOf(part, start) >= 0; });
    add(String.prototype, 'startsWith', function (part, start) {
        var own = text(this), at = from(start, own.length), wanted = String(part);
        return own.slice(at, at + wanted.length) === wanted;
    });
    add(String.prototype, 'endsWith', function (part, end) {
        var own = text(this).slice(0, end === undefined ? undefined : Math.max(0, whole(end))), wanted = String(part);
        return own.length >= wanted.length && own.slice(own.length - wanted.length) === wanted;
    });
    add(String.prototype, 'repeat', function (count) { return repeat(text(this), count); });
    add(String.prototype, 'padStart', function (length, filler) { return padding(text(this), length, filler) + text(this); });
    add(String.prototype, 'padEnd', function (length, filler) { return text(this) + padding(text(this), length, filler); });
    add(String.prototype, 'trimStart', function () { return text(this).replace(/^\s+/, ''); });
    add(String.prototype, 'trimEnd', function () {
        var own = text(this), end = own.length;
        while (end > 0 && own.charAt(end - 1).trim() === '') { end--; }
        return own.slice(0, end);
    });

    function indexWhere(list, test, self) {
        for (var i = 0; i < list.length; i++) {
            if (test.call(self, list[i], i, list)) { return i; }
        }
        return -1;
    }
    function same(a, b) { return a === b || (a !== a && b !== b); }
    add(Array.prototype, 'find', function (test, self) {
        var at = indexWhere(this, test, self);
        return at < 0 ? undefined : this[at];
    });
    add(Array.prototype, 'findIndex', function (test, self) { return indexWhere(this, test, self); });
    add(Array.prototype, 'includes', function (value) { return indexWhere(this, function (own) { return same(own, value); }) >= 0; });
    add(Array.prototype, 'fill', function (value, start, end) {
        bounded(this.length, LONGEST_ARRAY, 'fill');
        var last = end === undefined ? this.length : from(end, this.length);
        for (var i = from(start, this.length); i < last; i++) { this[i] = value; }
        return this;
    });
    add(Array.prototype, 'flat', function (depth) {
        var left = depth === undefined ? 1 : depth, result = [];
        for (var i = 0; i < this.length; i++) {
            if (Array.isArray(this[i]) && left > 0) { result = result.concat(this[i].flat(left - 1)); } else { result.push(this[i]); }
        }
        return result;
    });
    add(Array.prototype, 'flatMap', function (change, self) { return this.map(change, self).flat(1); });
    add(Array, 'of', function () { return Array.prototype.slice.call(arguments); });
    add(Array, 'from', function (source, change, self) {
        var list = source instanceof Map ? source.entries() : source instanceof Set ? source.values() : source, result = [];
        bounded(list.length === undefined ? 0 : list.length, LONGEST_ARRAY, 'Array.from');
        for (var i = 0; i < list.length; i++) {
            var item = typeof list === 'string' ? list.charAt(i) : list[i];
            result.push(change ? change.call(self, item, i) : item);
        }
        return result;
    });

    add(Object, 'assign', function (target) {
        for (var i = 1; i < arguments.length; i++) {
            var source = arguments[i], keys = source === undefined || source === null ? [] : Object.keys(Object(source));
            for (var k = 0; k < keys.length; k++) { target[keys[k]] = source[keys[k]]; }
        }
        return target;
    });
    add(Object, 'values', function (value) { return Object.keys(value).map(function (key) { return value[key]; }); });
    add(Object, 'entries', function (value) { return Object.keys(value).map(function (key) { return [key, value[key]]; }); });
    add(Object, 'fromEntries', function (pairs) {
        var result = {};
        pairs.forEach(function (pair) { result[pair[0]] = pair[1]; });
        return result;
    });
    add(Object, 'is', function (a, b) { return a === b ? a !== 0 || 1 / a === 1 / b : same(a, b); });

    add(Number, 'isFinite', function (value) { return typeof value === 'number' && isFinite(value); });
    add(Number, 'isNaN', function (value) { return typeof value === 'number' && value !== value; });
    add(Number, 'isInteger', function (value) { return Number.isFinite(value) && Math.floor(value) === value; });
    add(Number, 'isSafeInteger', function (value) { return Number.isInteger(value) && Math.abs(value) <= 9007199254740991; });
    add(Number, 'MAX_SAFE_INTEGER', 9007199254740991);
    add(Number, 'MIN_SAFE_INTEGER', -9007199254740991);
    add(Number, 'parseInt', parseInt);
    add(Number, 'parseFloat', parseFloat);
    add(Math, 'trunc', function (value) { return Number(value) < 0 ? Math.ceil(value) : Math.floor(value); });
    add(Math, 'sign', function (value) { return Number(value) > 0 ? 1 : Number(value) < 0 ? -1 : Number(value); });

    // Keys that are no objects are found by name, objects by looking through them. keys(), values() and entries() are arrays.
    function Table() {
        this.index = Object.create(null);
        this.objects = [];
    }
    Table.prototype.name = function (key) { return typeof key + ':' + key; };
    Table.prototype.find = function (key) {
        if ((typeof key === 'object' && key !== null) || typeof key === 'function') {
            for (var i = 0; i < this.objects.length; i++) {
                if (this.objects[i].key === key) { return this.objects[i]; }
            }
            return undefined;
        }
        return this.index[this.name(key)];
    };
    Table.prototype.add = function (entry) {
        if ((typeof entry.key === 'object' && entry.key !== null) || typeof entry.key === 'function') {
            this.objects.push(entry);
        } else {
            this.index[this.name(entry.key)] = entry;
        }
    };
    Table.prototype.remove = function (entry) {
        var at = this.objects.indexOf(entry);
        if (at >= 0) { this.objects.splice(at, 1); } else { delete this.index[this.name(entry.key)]; }
    };

    function collection(name, insert) {
        function Collection(items) {
            if (!(this instanceof Collection)) { throw new TypeError(name + " needs 'new'"); }
            this.clear();
            if (items !== undefined && items !== null) {
                var list = Array.from(items);
                for (var i = 0; i < list.length; i++) { insert(this, list[i]); }
            }
        }
        var own = Collection.prototype;
        function hidden(target, key, value) { Object.defineProperty(target, key, { value: value, writable: true, configurable: true }); }
        hidden(own, 'clear', function () { hidden(this, '_table', new Table()); hidden(this, '_entries', []); });
        hidden(own, '_put', function (key, value) {
            var entry = this._table.find(key);
            if (entry) { entry.value = value; } else {
                entry = { key: key, value: value };
                this._table.add(entry);
                this._entries.push(entry);
            }
            return this;
        });
        hidden(own, 'has', function (key) { return this._table.find(key) !== undefined; });
        hidden(own, 'delete', function (key) {
            var entry = this._table.find(key);
            if (!entry) { return false; }
            this._table.remove(entry);
            this._entries.splice(this._entries.indexOf(entry), 1);
            return true;
        });
        hidden(own, 'forEach', function (visit, self) {
            var that = this;
            this._entries.slice().forEach(function (entry) { visit.call(self, entry.value, entry.key, that); });
        });
        hidden(own, 'keys', function () { return this._entries.map(function (entry) { return entry.key; }); });
        hidden(own, 'values', function () { return this._entries.map(function (entry) { return entry.value; }); });
        hidden(own, 'entries', function () { return this._entries.map(function (entry) { return [entry.key, entry.value]; }); });
        Object.defineProperty(own, 'size', { get: function () { return this._entries.length; } });
        add(global, name, Collection);
        return own;
    }
    var map = collection('Map', function (target, pair) { target.set(pair[0], pair[1]); });
    add(map, 'set', function (key, value) { return this._put(key, value); });
    add(map, 'get', function (key) {
        var entry = this._table.find(key);
        return entry ? entry.value : undefined;
    });
    var set = collection('Set', function (target, value) { target.add(value); });
    add(set, 'add', function (value) { return this._put(value, value); });
})(this);
