package outpost

import (
	"context"
	"fmt"
	"sync/atomic"
)

// service answers the methods of an extension from its plugins.
type service struct {
	plugins map[[2]string]Plugin
	uuid    atomic.Int64
}

func newService(plugins []Plugin) *service {
	s := &service{plugins: make(map[[2]string]Plugin, len(plugins))}
	for _, plugin := range plugins {
		kind, name := plugin.registry()
		s.plugins[[2]string{kind, name}] = plugin
	}
	return s
}

// registry is what is registered: routes by kind and name.
func (s *service) registry() registryMap {
	registry := registryMap{}
	for key, plugin := range s.plugins {
		if registry[key[0]] == nil {
			registry[key[0]] = map[string][]row{}
		}
		registry[key[0]][key[1]] = plugin.routes()
	}
	return registry
}

func (s *service) documents() (documents []tableDocument) {
	for _, plugin := range s.plugins {
		if table, ok := plugin.(*Table); ok {
			documents = append(documents, table.document())
		}
	}
	return documents
}

func unknownPlugin(kind, name string) error {
	return &Error{"PLUGIN_FAILED", fmt.Sprintf("The extension has no %s plugin %s.", kind, name), "", "plugin"}
}

func (s *service) table(name string) (*Table, error) {
	if table, ok := s.plugins[[2]string{"table", name}].(*Table); ok {
		return table, nil
	}
	return nil, unknownPlugin("table", name)
}

func (s *service) ask(ctx context.Context, kind, name string, request row) (response, error) {
	if plugin, ok := s.plugins[[2]string{kind, name}].(asked); ok {
		code, rows, err := plugin.ask(ctx, request)
		return response{status{code, "OK", s.uuid.Load()}, rows}, err
	}
	if kind == "table" {
		return response{}, &Error{"PLUGIN_FAILED", fmt.Sprintf("The table %s is read by openRows of version 2 only.", name), "", "plugin"}
	}
	return response{}, unknownPlugin(kind, name)
}

func (s *service) write(ctx context.Context, request rowWrite) (written, error) {
	table, err := s.table(request.Table)
	if err != nil {
		return written{}, err
	}
	rows, err := readBlock(request.Values)
	if err != nil {
		return written{}, err
	}
	var values []any
	if len(rows) > 0 {
		values = rows[0]
	}
	id, err := table.write(ctx, request, values)
	return written{RowID: id}, err
}

func (s *service) logLines(ctx context.Context, name string, lines []logLine) (logAnswer, error) {
	logger, ok := s.plugins[[2]string{"logger", name}].(*Logger)
	if !ok {
		return logAnswer{}, unknownPlugin("logger", name)
	}
	texts := make([]LogLine, len(lines))
	for index, line := range lines {
		texts[index] = LogLine{line.Kind, string(line.Line)}
	}
	accepted, err := logger.Deliver(ctx, texts)
	return logAnswer{outcomeOf(err), int32(accepted)}, nil
}
