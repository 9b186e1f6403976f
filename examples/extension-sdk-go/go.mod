module example.org/extension-sdk-go

go 1.24

require example.org/outpost/sdk-go v0.0.0

require (
	github.com/vmihailenco/msgpack/v5 v5.4.1 // indirect
	github.com/vmihailenco/tagparser/v2 v2.0.0 // indirect
)

replace example.org/outpost/sdk-go => ../../extensions/sdk-go
