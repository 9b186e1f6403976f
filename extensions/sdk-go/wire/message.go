package wire

import (
	"encoding/binary"
	"io"
	"reflect"
)

// Kinds of messages.
const (
	Call, Reply, Exception, Oneway byte = 1, 2, 3, 4
)

const strict = 0x80010000

// Header is what stands before the fields of a message.
type Header struct {
	Name string
	Kind byte
	ID   int32
}

// Encode writes a message; fields is a struct.
func Encode(header Header, fields any) []byte {
	out := binary.BigEndian.AppendUint32(nil, strict|uint32(header.Kind))
	out = binary.BigEndian.AppendUint32(out, uint32(len(header.Name)))
	out = append(out, header.Name...)
	out = binary.BigEndian.AppendUint32(out, uint32(header.ID))
	return appendStruct(out, reflect.ValueOf(fields))
}

// Decoder reads messages from a connection.
type Decoder struct{ reader }

// NewDecoder makes a decoder; the source should be buffered.
func NewDecoder(source io.Reader) *Decoder { return &Decoder{reader{source: source}} }

// Header reads the header of the next message; io.EOF and io.ErrUnexpectedEOF tell the end of the connection.
func (d *Decoder) Header() (header Header, err error) {
	defer caught(&err)
	d.entries, d.depth = entryLimit, depthLimit
	first := uint32(d.i32())
	if first&0xffff0000 != strict {
		d.fail("it does not begin as a strict message")
	}
	header = Header{Name: string(d.text()), Kind: byte(first)}
	header.ID = d.i32()
	return header, nil
}

// Fields reads the fields of the message whose header was read into what `into` points to.
func (d *Decoder) Fields(into any) (err error) {
	defer caught(&err)
	d.inner(func() { d.structure(reflect.ValueOf(into).Elem()) })
	return nil
}

func caught(err *error) {
	switch thrown := recover().(type) {
	case nil:
	case failure:
		*err = thrown.err
	default:
		panic(thrown)
	}
}
