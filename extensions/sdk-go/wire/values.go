// Package wire is Thrift's binary protocol, strict and unframed, by reflection: a struct's fields carry their ids in the
// tag `thrift`. Types: bool, int32, int64, string (text), []byte (binary), slices, maps and structs.
package wire

import (
	"encoding/binary"
	"fmt"
	"io"
	"reflect"
	"strconv"
)

// What one message may make of its reader.
const (
	stringBytes = 64 << 20
	entryLimit  = 4_000_000
	depthLimit  = 32
)

// Types on the wire.
const (
	tagStop, tagBool, tagByte, tagDouble, tagI16      = 0, 2, 3, 4, 6
	tagI32, tagI64, tagString, tagStruct, tagMap      = 8, 10, 11, 12, 13
	tagSet, tagList                              byte = 14, 15
)

// Malformed says that the other side sent what is no message; the connection cannot go on.
type Malformed string

func (m Malformed) Error() string { return "The message is malformed: " + string(m) + "." }

var bytesType = reflect.TypeFor[[]byte]()

func tagOf(of reflect.Type) byte {
	switch {
	case of == bytesType || of.Kind() == reflect.String:
		return tagString
	case of.Kind() == reflect.Bool:
		return tagBool
	case of.Kind() == reflect.Int32:
		return tagI32
	case of.Kind() == reflect.Int64:
		return tagI64
	case of.Kind() == reflect.Slice:
		return tagList
	case of.Kind() == reflect.Map:
		return tagMap
	case of.Kind() == reflect.Struct:
		return tagStruct
	}
	panic("a message holds a " + of.String())
}

// fieldIds gives the index of the field that has an id, for each id of a struct.
func fieldIds(of reflect.Type) map[int16]int {
	ids := make(map[int16]int, of.NumField())
	for index := range of.NumField() {
		if id, err := strconv.ParseInt(of.Field(index).Tag.Get("thrift"), 10, 16); err == nil {
			ids[int16(id)] = index
		}
	}
	return ids
}

// appendValue writes a value without its tag.
func appendValue(out []byte, value reflect.Value) []byte {
	switch tagOf(value.Type()) {
	case tagBool:
		if value.Bool() {
			return append(out, 1)
		}
		return append(out, 0)
	case tagI32:
		return binary.BigEndian.AppendUint32(out, uint32(value.Int()))
	case tagI64:
		return binary.BigEndian.AppendUint64(out, uint64(value.Int()))
	case tagString:
		out = binary.BigEndian.AppendUint32(out, uint32(value.Len()))
		if value.Kind() == reflect.String {
			return append(out, value.String()...)
		}
		return append(out, value.Bytes()...)
	case tagList:
		out = append(out, tagOf(value.Type().Elem()))
		out = binary.BigEndian.AppendUint32(out, uint32(value.Len()))
		for index := range value.Len() {
			out = appendValue(out, value.Index(index))
		}
		return out
	case tagMap:
		return appendMap(out, value)
	}
	return appendStruct(out, value)
}

func appendMap(out []byte, value reflect.Value) []byte {
	out = append(out, tagOf(value.Type().Key()), tagOf(value.Type().Elem()))
	out = binary.BigEndian.AppendUint32(out, uint32(value.Len()))
	for entries := value.MapRange(); entries.Next(); {
		out = appendValue(appendValue(out, entries.Key()), entries.Value())
	}
	return out
}

func appendStruct(out []byte, value reflect.Value) []byte {
	for id, index := range fieldIds(value.Type()) {
		field := value.Field(index)
		if field.IsZero() && field.Kind() != reflect.Struct {
			continue // missing and empty are the same
		}
		out = append(out, tagOf(field.Type()))
		out = binary.BigEndian.AppendUint16(out, uint16(id))
		out = appendValue(out, field)
	}
	return append(out, tagStop)
}

// reader reads one message, and bounds what it may make of us. Its failures are panics of the type failure.
type reader struct {
	source  io.Reader
	entries int
	depth   int
	small   [8]byte
}

type failure struct{ err error }

func (r *reader) fail(format string, args ...any) {
	panic(failure{Malformed(fmt.Sprintf(format, args...))})
}

func (r *reader) bytes(into []byte) []byte {
	if _, err := io.ReadFull(r.source, into); err != nil {
		panic(failure{err})
	}
	return into
}

func (r *reader) byte() byte { return r.bytes(r.small[:1])[0] }

func (r *reader) i16() int16 { return int16(binary.BigEndian.Uint16(r.bytes(r.small[:2]))) }

func (r *reader) i32() int32 { return int32(binary.BigEndian.Uint32(r.bytes(r.small[:4]))) }

func (r *reader) i64() int64 { return int64(binary.BigEndian.Uint64(r.bytes(r.small[:8]))) }

func (r *reader) text() []byte {
	length := r.i32()
	if length < 0 || length > stringBytes {
		r.fail("a string of %d bytes", length)
	}
	// Memory is taken as the bytes come: a length alone costs nothing.
	var data []byte
	for left := int(length); left > 0; {
		piece := min(left, 1<<20)
		data = append(data, make([]byte, piece)...)
		r.bytes(data[len(data)-piece:])
		left -= piece
	}
	return data
}

// count is the number of entries of a container, whose entries take so many values each.
func (r *reader) count(width int) int {
	count := int(r.i32())
	r.entries -= count * width
	if count < 0 || r.entries < 0 {
		r.fail("a container of %d entries", count)
	}
	return count
}

func (r *reader) inner(read func()) {
	if r.depth--; r.depth < 0 {
		r.fail("too many levels")
	}
	read()
	r.depth++
}

func (r *reader) expect(tag, wanted byte, count int) {
	if count > 0 && tag != wanted {
		r.fail("a container of type %d", tag)
	}
}

func (r *reader) value(into reflect.Value) {
	switch tagOf(into.Type()) {
	case tagBool:
		into.SetBool(r.byte() != 0)
	case tagI32:
		into.SetInt(int64(r.i32()))
	case tagI64:
		into.SetInt(r.i64())
	case tagString:
		if into.Kind() == reflect.String {
			into.SetString(string(r.text()))
		} else {
			into.SetBytes(r.text())
		}
	case tagList:
		r.inner(func() { r.list(into) })
	case tagMap:
		r.inner(func() { r.entriesOf(into) })
	default:
		r.inner(func() { r.structure(into) })
	}
}

func (r *reader) list(into reflect.Value) {
	tag := r.byte()
	count := r.count(1)
	r.expect(tag, tagOf(into.Type().Elem()), count)
	for range count {
		element := reflect.New(into.Type().Elem()).Elem()
		r.value(element)
		into.Set(reflect.Append(into, element))
	}
}

func (r *reader) entriesOf(into reflect.Value) {
	key, value := r.byte(), r.byte()
	count := r.count(2)
	r.expect(key, tagOf(into.Type().Key()), count)
	r.expect(value, tagOf(into.Type().Elem()), count)
	into.Set(reflect.MakeMap(into.Type()))
	for range count {
		k, v := reflect.New(into.Type().Key()).Elem(), reflect.New(into.Type().Elem()).Elem()
		r.value(k)
		r.value(v)
		into.SetMapIndex(k, v)
	}
}

func (r *reader) structure(into reflect.Value) {
	ids := fieldIds(into.Type())
	for tag := r.byte(); tag != tagStop; tag = r.byte() {
		index, known := ids[r.i16()]
		if known && tagOf(into.Field(index).Type()) == tag {
			r.value(into.Field(index))
		} else {
			r.skip(tag)
		}
	}
}

func (r *reader) skip(tag byte) {
	switch tag {
	case tagBool, tagByte:
		r.byte()
	case tagI16:
		r.i16()
	case tagI32:
		r.i32()
	case tagI64, tagDouble:
		r.i64()
	case tagString:
		r.text()
	case tagStruct:
		r.inner(func() { r.structure(reflect.ValueOf(&struct{}{}).Elem()) })
	case tagMap:
		key, value := r.byte(), r.byte()
		r.inner(func() { r.skipAll(r.count(2), key, value) })
	case tagSet, tagList:
		of := r.byte()
		r.inner(func() { r.skipAll(r.count(1), of) })
	default:
		r.fail("a value of type %d", tag)
	}
}

func (r *reader) skipAll(count int, tags ...byte) {
	for range count {
		for _, tag := range tags {
			r.skip(tag)
		}
	}
}
