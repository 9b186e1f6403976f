// Sets an entry of a map whose key the other side chose.
'use strict';

module.exports = (map, key, value) => {
  if (key === '__proto__') {
    Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    map[key] = value;
  }
};
