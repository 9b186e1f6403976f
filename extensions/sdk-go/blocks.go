package outpost

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// blockWriter collects rows until they are a page: a MessagePack array of arrays.
type blockWriter struct {
	rows    uint32
	buffer  bytes.Buffer
	encoder *msgpack.Encoder
}

func newBlockWriter() *blockWriter {
	writer := &blockWriter{}
	writer.buffer.Write([]byte{0xdd, 0, 0, 0, 0})
	writer.encoder = msgpack.NewEncoder(&writer.buffer)
	writer.encoder.UseCompactInts(true)
	return writer
}

func (w *blockWriter) size() int { return w.buffer.Len() }

// add adds a row of values in the order of the columns.
func (w *blockWriter) add(values []any) error {
	before := w.buffer.Len()
	err := w.encoder.EncodeArrayLen(len(values))
	for _, value := range values {
		if err == nil {
			err = w.value(value)
		}
	}
	if err != nil {
		w.buffer.Truncate(before)
		return err
	}
	w.rows++
	return nil
}

func (w *blockWriter) value(value any) error {
	switch value := value.(type) {
	case nil, string, []byte, float64, int64:
		return w.encoder.Encode(value)
	case int:
		return w.encoder.EncodeInt(int64(value))
	case uint64:
		if value > math.MaxInt64 {
			return w.encoder.EncodeNil()
		}
		return w.encoder.EncodeInt(int64(value))
	case bool:
		if value {
			return w.encoder.EncodeInt(1)
		}
		return w.encoder.EncodeInt(0)
	}
	return &Error{"PLUGIN_FAILED", fmt.Sprintf("A row holds a %T; nil, bool, int, int64, uint64, float64, string and []byte may stand there.", value), "", "plugin"}
}

// block gives the rows added so far.
func (w *blockWriter) block() []byte {
	block := w.buffer.Bytes()
	binary.BigEndian.PutUint32(block[1:5], w.rows)
	return block
}

func writeBlock(rows [][]any) ([]byte, error) {
	writer := newBlockWriter()
	for _, row := range rows {
		if err := writer.add(row); err != nil {
			return nil, err
		}
	}
	return writer.block(), nil
}

func malformedBlock(format string, args ...any) error {
	return &Error{"BLOCK_MALFORMED", fmt.Sprintf(format, args...), "", "plugin"}
}

// How deep arrays may lie in one another: constraints, a constraint, its values.
const deepest = 3

// decodeValue reads one value. The package would take memory for as many elements as an array claims to have.
func decodeValue(decoder *msgpack.Decoder, source *bytes.Reader, depth int) (any, error) {
	code, err := decoder.PeekCode()
	if err != nil {
		return nil, err
	}
	if !msgpcode.IsFixedArray(code) && code != msgpcode.Array16 && code != msgpcode.Array32 {
		return decodeScalar(decoder, code)
	}
	length, err := decoder.DecodeArrayLen()
	if err != nil {
		return nil, err
	}
	if length > source.Len() || depth == 0 {
		return nil, fmt.Errorf("an array of %d where %d bytes are left", length, source.Len())
	}
	array := make([]any, length)
	for index := range array {
		if array[index], err = decodeValue(decoder, source, depth-1); err != nil {
			return nil, err
		}
	}
	return array, nil
}

func decodeScalar(decoder *msgpack.Decoder, code byte) (any, error) {
	if msgpcode.IsFixedMap(code) || code == msgpcode.Map16 || code == msgpcode.Map32 || msgpcode.IsExt(code) {
		return nil, fmt.Errorf("no value has the code %#x", code)
	}
	if msgpcode.IsBin(code) {
		return decoder.DecodeBytes()
	}
	return decoder.DecodeInterfaceLoose()
}

// decodeArray reads a MessagePack array to its end.
func decodeArray(data []byte, what string) ([]any, error) {
	source := bytes.NewReader(data)
	decoded, err := decodeValue(msgpack.NewDecoder(source), source, deepest)
	if err != nil {
		return nil, malformedBlock("%s cannot be read: %v.", what, err)
	}
	array, ok := decoded.([]any)
	if !ok || source.Len() > 0 {
		return nil, malformedBlock("%s is not one array.", what)
	}
	return array, nil
}

// readBlock gives the rows of a block: nil, int64, float64, string and []byte.
func readBlock(block []byte) ([][]any, error) {
	if len(block) == 0 {
		return nil, nil
	}
	array, err := decodeArray(block, "A block of rows")
	if err != nil {
		return nil, err
	}
	rows := make([][]any, len(array))
	for index, entry := range array {
		row, ok := entry.([]any)
		if !ok {
			return nil, malformedBlock("A block of rows is no array of arrays.")
		}
		if err := tidy(row); err != nil {
			return nil, err
		}
		rows[index] = row
	}
	return rows, nil
}

// tidy makes NULL of integers beyond 64 bits, and refuses what is no value.
func tidy(row []any) error {
	for column, value := range row {
		switch value := value.(type) {
		case nil, int64, float64, string, []byte:
		case uint64:
			if row[column] = nil; value <= math.MaxInt64 {
				row[column] = int64(value)
			}
		default:
			return malformedBlock("A block of rows holds a %T.", value)
		}
	}
	return nil
}

// Constraint is what a query asks of a column: the number of an operator, and values; several only for IN.
type Constraint struct {
	Column   string
	Operator int64
	Values   []any
}

func readConstraints(data []byte) ([]Constraint, error) {
	if len(data) == 0 {
		return nil, nil
	}
	array, err := decodeArray(data, "Constraints")
	if err != nil {
		return nil, err
	}
	constraints := make([]Constraint, 0, len(array))
	for _, entry := range array {
		parts, _ := entry.([]any)
		if len(parts) != 3 {
			return nil, malformedBlock("A constraint is no [column, operator, [values]].")
		}
		column, isText := parts[0].(string)
		values, isArray := parts[2].([]any)
		if !isText || !isArray || tidy(values) != nil || tidy(parts[1:2]) != nil {
			return nil, malformedBlock("A constraint is no [column, operator, [values]].")
		}
		operator, _ := parts[1].(int64)
		constraints = append(constraints, Constraint{column, operator, values})
	}
	return constraints, nil
}
