// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"

	pb "gymwire.io/example/gymwire/v1"
)

// Element is the type of an array's elements. Go has no type for float16.
type Element interface {
	bool | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32 | float64 | complex64 | complex128
}

// Array is a numpy array. Data is a slice of its elements in row-major order.
type Array struct {
	Shape []int64
	Data  any
}

// Objects is a numpy array of Python objects, in row-major order.
type Objects struct {
	Shape  []int64
	Values []any
}

// Graph is a gymnasium.spaces.GraphInstance. Edges is nil if the edges have no features. If there are no edges, Edges
// and EdgeLinks are usually nil.
type Graph struct {
	Nodes, Edges, EdgeLinks any
}

// Tuple is a Python tuple. A Python list is an []any.
type Tuple []any

func dtypeOf[T Element]() pb.DType {
	switch any(*new(T)).(type) {
	case bool:
		return pb.DType_DTYPE_BOOL
	case int8:
		return pb.DType_DTYPE_INT8
	case int16:
		return pb.DType_DTYPE_INT16
	case int32:
		return pb.DType_DTYPE_INT32
	case int64:
		return pb.DType_DTYPE_INT64
	case uint8:
		return pb.DType_DTYPE_UINT8
	case uint16:
		return pb.DType_DTYPE_UINT16
	case uint32:
		return pb.DType_DTYPE_UINT32
	case uint64:
		return pb.DType_DTYPE_UINT64
	case float32:
		return pb.DType_DTYPE_FLOAT32
	case float64:
		return pb.DType_DTYPE_FLOAT64
	case complex64:
		return pb.DType_DTYPE_COMPLEX64
	default:
		return pb.DType_DTYPE_COMPLEX128
	}
}

// Elements returns an array's elements in row-major order.
func Elements[T Element](array *pb.NdArray) ([]T, error) {
	if dtype := dtypeOf[T](); array.GetDtype() != dtype {
		return nil, fmt.Errorf("expected an array of %v, not of %v", dtype, array.GetDtype())
	}
	size := int64(binary.Size(*new(T)))
	for _, length := range array.GetShape() {
		if length < 0 || (length > 0 && size > math.MaxInt64/length) {
			return nil, fmt.Errorf("no array has the shape %v", array.GetShape())
		}
		size *= length
	}
	if size != int64(len(array.GetData())) {
		return nil, fmt.Errorf("%d bytes do not fill the shape %v", len(array.GetData()), array.GetShape())
	}
	return Unpack[T](array.GetData())
}

// Unpack reads elements from bytes that come without dtype and shape, e.g. a step's rewards (float64) and flags (bool).
func Unpack[T Element](data []byte) ([]T, error) {
	elements := make([]T, len(data)/binary.Size(*new(T)))
	_, err := binary.Decode(data, binary.LittleEndian, elements)
	return elements, err
}

// EncodeArray makes an array from its elements in row-major order.
func EncodeArray[T Element](elements []T, shape ...int64) (*pb.Value, error) {
	data, err := binary.Append(nil, binary.LittleEndian, elements)
	array := &pb.NdArray{Dtype: dtypeOf[T](), Shape: shape, Data: data}
	return &pb.Value{Kind: &pb.Value_Array{Array: array}}, err
}

// DecodeValue converts a value to the nearest Go type: nil, bool, int64, *big.Int, float64, string, []byte, Array
// (scalars have an empty shape), Objects, []any, Tuple, map[any]any or Graph. A dict loses its order. Its keys must not
// be tuples, because Go cannot compare tuples.
func DecodeValue(value *pb.Value) (any, error) {
	switch kind := value.GetKind().(type) {
	case *pb.Value_None:
		return nil, nil
	case *pb.Value_BoolValue:
		return kind.BoolValue, nil
	case *pb.Value_IntValue:
		return kind.IntValue, nil
	case *pb.Value_BigInt:
		return bigInt(kind.BigInt), nil
	case *pb.Value_FloatValue:
		return kind.FloatValue, nil
	case *pb.Value_StringValue:
		return kind.StringValue, nil
	case *pb.Value_BytesValue:
		return kind.BytesValue, nil
	case *pb.Value_Scalar:
		return DecodeArray(kind.Scalar)
	case *pb.Value_Array:
		return DecodeArray(kind.Array)
	case *pb.Value_ObjectArray:
		values, err := decodeAll(kind.ObjectArray.GetValues())
		return Objects{kind.ObjectArray.GetShape(), values}, err
	case *pb.Value_StringArray:
		return Array{kind.StringArray.GetShape(), kind.StringArray.GetValues()}, nil
	case *pb.Value_List:
		return decodeAll(kind.List.GetValues())
	case *pb.Value_Tuple:
		values, err := decodeAll(kind.Tuple.GetValues())
		return Tuple(values), err
	case *pb.Value_Dict:
		return DecodeDict(kind.Dict)
	case *pb.Value_Graph:
		return decodeGraph(kind.Graph)
	default:
		return nil, fmt.Errorf("the value has no known kind: %v", value)
	}
}

// DecodeArray returns an array with its shape.
func DecodeArray(array *pb.NdArray) (Array, error) {
	var data any
	var err error
	switch array.GetDtype() {
	case pb.DType_DTYPE_BOOL:
		data, err = Elements[bool](array)
	case pb.DType_DTYPE_INT8:
		data, err = Elements[int8](array)
	case pb.DType_DTYPE_INT16:
		data, err = Elements[int16](array)
	case pb.DType_DTYPE_INT32:
		data, err = Elements[int32](array)
	case pb.DType_DTYPE_INT64:
		data, err = Elements[int64](array)
	case pb.DType_DTYPE_UINT8:
		data, err = Elements[uint8](array)
	case pb.DType_DTYPE_UINT16:
		data, err = Elements[uint16](array)
	case pb.DType_DTYPE_UINT32:
		data, err = Elements[uint32](array)
	case pb.DType_DTYPE_UINT64:
		data, err = Elements[uint64](array)
	case pb.DType_DTYPE_FLOAT32:
		data, err = Elements[float32](array)
	case pb.DType_DTYPE_FLOAT64:
		data, err = Elements[float64](array)
	case pb.DType_DTYPE_COMPLEX64:
		data, err = Elements[complex64](array)
	case pb.DType_DTYPE_COMPLEX128:
		data, err = Elements[complex128](array)
	default:
		err = fmt.Errorf("Go has no type for %v", array.GetDtype())
	}
	return Array{array.GetShape(), data}, err
}

// DecodeDict converts a dict, e.g. infos or metadata, to a Go map.
func DecodeDict(dict *pb.Dict) (map[any]any, error) {
	decoded := make(map[any]any, len(dict.GetEntries()))
	for _, entry := range dict.GetEntries() {
		key, err := DecodeValue(entry.GetKey())
		if err != nil {
			return nil, err
		}
		if key != nil && !reflect.ValueOf(key).Comparable() {
			return nil, fmt.Errorf("a key of a dict is a %T, which Go cannot compare: %v", key, key)
		}
		if decoded[key], err = DecodeValue(entry.GetValue()); err != nil {
			return nil, err
		}
	}
	return decoded, nil
}

func decodeAll(values []*pb.Value) ([]any, error) {
	decoded := make([]any, len(values))
	for i, value := range values {
		var err error
		if decoded[i], err = DecodeValue(value); err != nil {
			return nil, err
		}
	}
	return decoded, nil
}

func decodeGraph(graph *pb.GraphInstance) (decoded Graph, err error) {
	if decoded.Nodes, err = DecodeValue(graph.GetNodes()); err != nil {
		return
	}
	if graph.Edges != nil {
		if decoded.Edges, err = DecodeValue(graph.Edges); err != nil {
			return
		}
	}
	if graph.EdgeLinks != nil {
		decoded.EdgeLinks, err = DecodeArray(graph.EdgeLinks)
	}
	return
}

// bigInt reads an integer in two's complement, little-endian.
func bigInt(data []byte) *big.Int {
	bytes := slices.Clone(data)
	slices.Reverse(bytes)
	number := new(big.Int).SetBytes(bytes)
	if len(bytes) > 0 && bytes[0] >= 0x80 {
		number.Sub(number, new(big.Int).Lsh(big.NewInt(1), uint(8*len(bytes))))
	}
	return number
}
