package outpost

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"

	"example.org/outpost/sdk-go/wire"
)

// The directory of the protocol's corpus, from this one.
var corpus = filepath.Join("..", "..", "protocol", "corpus")

type frame struct {
	Name, Method, Kind, Hex string
	SequenceID              int32 `json:"sequenceId"`
	Fields                  map[string]any
}

func load[Entry any](t *testing.T, name string) (entries []Entry) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpus, name))
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

func fromHex(t *testing.T, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// What a frame's fields are read into: arguments by method, and the results of replies.
var structs = map[string]map[string]func() any{
	"call": {
		"openLease":      func() any { return &openLeaseArguments{} },
		"renew":          func() any { return &leaseArguments{} },
		"updateRegistry": func() any { return &updateArguments{} },
		"openRows":       func() any { return &openRowsArguments{} },
		"nextRows":       func() any { return &nextRowsArguments{} },
		"write":          func() any { return &writeArguments{} },
		"logLines":       func() any { return &logLinesArguments{} },
		"ask":            func() any { return &askArguments{} },
		"openQuery":      func() any { return &openQueryArguments{} },
		"pushEvents":     func() any { return &pushArguments{} },
	},
	"notice": {
		"closeRows": func() any { return &cursorArguments{} },
		"cancel":    func() any { return &cancelArguments{} },
	},
	"reply": {
		"openLease":      func() any { return &result[leaseGrant]{} },
		"updateRegistry": func() any { return &result[leaseGrant]{} },
		"renew":          func() any { return &result[leaseAnswer]{} },
		"openRows":       func() any { return &result[page]{} },
		"nextRows":       func() any { return &result[page]{} },
		"openQuery":      func() any { return &result[page]{} },
		"write":          func() any { return &result[written]{} },
		"logLines":       func() any { return &result[logAnswer]{} },
		"ask":            func() any { return &result[pluginAnswer]{} },
		"pushEvents":     func() any { return &result[eventAnswer]{} },
	},
}

func read(data []byte, into any) (wire.Header, error) {
	source := bytes.NewReader(data)
	decoder := wire.NewDecoder(source)
	header, err := decoder.Header()
	if err == nil {
		err = decoder.Fields(into)
	}
	if err == nil && source.Len() > 0 {
		err = errors.New("bytes are left")
	}
	return header, err
}

// fields gives the values of a struct by their ids, without what is empty, as the corpus does by their names in order of ids.
func fields(value reflect.Value) any {
	switch value.Kind() {
	case reflect.Struct:
		found := map[string]any{}
		for index := range value.NumField() {
			if inner := fields(value.Field(index)); inner != nil {
				found[value.Type().Field(index).Tag.Get("thrift")] = inner
			}
		}
		if len(found) == 0 {
			return nil
		}
		return found
	case reflect.Slice:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			return nonEmpty(hex.EncodeToString(value.Bytes()))
		}
		if value.Len() == 0 {
			return nil
		}
		var found []any
		for index := range value.Len() {
			found = append(found, fields(value.Index(index)))
		}
		return found
	case reflect.Map:
		if value.Len() == 0 {
			return nil
		}
		found := map[string]any{}
		for entries := value.MapRange(); entries.Next(); {
			found[entries.Key().String()] = fields(entries.Value())
		}
		return found
	case reflect.Bool:
		if !value.Bool() {
			return nil
		}
		return true
	case reflect.Int32, reflect.Int64:
		return nonEmpty(strconv.FormatInt(value.Int(), 10))
	}
	return nonEmpty(value.String())
}

func nonEmpty(text string) any {
	if text == "" || text == "0" {
		return nil
	}
	return text
}

// leaves gives the values of the corpus' fields and of ours in one form: sorted texts, whatever the names.
func leaves(value any, into map[string]int) {
	switch value := value.(type) {
	case map[string]any:
		if bytes, ok := value["hex"].(string); ok && len(value) == 1 {
			leaves(bytes, into)
			return
		}
		if integer, ok := value["integer"].(string); ok && len(value) == 1 {
			leaves(integer, into)
			return
		}
		for _, inner := range value {
			leaves(inner, into)
		}
	case []any:
		for _, inner := range value {
			leaves(inner, into)
		}
	case json.Number:
		leaves(value.String(), into)
	case string:
		if value != "" && value != "0" {
			into[value]++
		}
	case bool:
		if value {
			into["true"]++
		}
	}
}

func eachFrame(t *testing.T, check func(t *testing.T, f frame, data []byte, make func() any)) {
	count := 0
	for _, f := range load[frame](t, "frames.json") {
		if f.Kind == "exception" {
			continue
		}
		count++
		make := structs[f.Kind][f.Method]
		if make == nil {
			t.Fatalf("no struct for the %s of %s", f.Kind, f.Method)
		}
		t.Run(f.Name, func(t *testing.T) { check(t, f, fromHex(t, f.Hex), make) })
	}
	if count < 20 {
		t.Fatalf("the corpus has %d frames only", count)
	}
}

func TestFramesAreReadAndWrittenAgain(t *testing.T) {
	eachFrame(t, func(t *testing.T, f frame, data []byte, make func() any) {
		into := make()
		header, err := read(data, into)
		if err != nil || header.Name != f.Method || header.ID != f.SequenceID {
			t.Fatalf("read %v, %v", header, err)
		}
		ours, theirs := map[string]int{}, map[string]int{}
		leaves(fields(reflect.ValueOf(into).Elem()), ours)
		leaves(f.Fields, theirs)
		if !reflect.DeepEqual(ours, theirs) {
			t.Errorf("read %v, not %v", ours, theirs)
		}
		again := make()
		if _, err := read(wire.Encode(header, reflect.ValueOf(into).Elem().Interface()), again); err != nil || !reflect.DeepEqual(again, into) {
			t.Errorf("written and read again: %v, %+v, not %+v", err, again, into)
		}
	})
}

func TestFramesThatAreCutOffAreRefused(t *testing.T) {
	eachFrame(t, func(t *testing.T, _ frame, data []byte, make func() any) {
		for end := range data {
			if _, err := read(data[:end], make()); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("after %d bytes: %v", end, err)
			}
		}
	})
}

type blockEntry struct {
	Name, Hex string
	Rows      *[][]any
}

func plain(t *testing.T, value any) any {
	switch value := value.(type) {
	case map[string]any:
		if text, ok := value["hex"].(string); ok {
			return fromHex(t, text)
		}
		integer, _ := strconv.ParseInt(value["integer"].(string), 10, 64)
		return integer
	case json.Number:
		if integer, err := value.Int64(); err == nil {
			return integer
		}
		real, _ := value.Float64()
		return real
	}
	return value
}

func same(ours, theirs any) bool {
	if real, ok := ours.(float64); ok {
		if integer, ok := theirs.(int64); ok {
			return real == float64(integer)
		}
	}
	return reflect.DeepEqual(ours, theirs)
}

func TestBlocks(t *testing.T) {
	for _, entry := range load[blockEntry](t, "blocks.json") {
		t.Run(entry.Name, func(t *testing.T) {
			rows, err := readBlock(fromHex(t, entry.Hex))
			if entry.Rows == nil {
				var known *Error
				if !errors.As(err, &known) || known.Code != "BLOCK_MALFORMED" {
					t.Fatalf("read %v, %v", rows, err)
				}
				return
			}
			if err != nil || len(rows) != len(*entry.Rows) {
				t.Fatalf("read %v, %v", rows, err)
			}
			for index, row := range rows {
				for column, value := range row {
					if wanted := plain(t, (*entry.Rows)[index][column]); !same(value, wanted) {
						t.Errorf("row %d, column %d: %v, not %v", index, column, value, wanted)
					}
				}
			}
			block, err := writeBlock(rows)
			if again, failed := readBlock(block); err != nil || failed != nil || !reflect.DeepEqual(again, rows) && len(rows) > 0 {
				t.Errorf("written and read again: %v, %v, %v", err, failed, again)
			}
		})
	}
}

func FuzzReading(f *testing.F) {
	data, err := os.ReadFile(filepath.Join(corpus, "frames.json"))
	if err != nil {
		f.Fatal(err)
	}
	var frames []frame
	if err := json.Unmarshal(data, &frames); err != nil {
		f.Fatal(err)
	}
	for _, known := range frames {
		if bytes, err := hex.DecodeString(known.Hex); err == nil {
			f.Add(bytes)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, make := range structs["call"] {
			read(data, make())
		}
		readBlock(data)
		readConstraints(data)
	})
}
