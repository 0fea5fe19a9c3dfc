// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math/big"
	"reflect"
	"testing"

	pb "gymwire.io/example/gymwire/v1"
)

func text(s string) *pb.Value {
	return &pb.Value{Kind: &pb.Value_StringValue{StringValue: s}}
}

func integer(i int64) *pb.Value {
	return &pb.Value{Kind: &pb.Value_IntValue{IntValue: i}}
}

func int8s(shape []int64, elements ...byte) *pb.NdArray {
	return &pb.NdArray{Dtype: pb.DType_DTYPE_INT8, Shape: shape, Data: elements}
}

func TestAnArrayIsReadAsItWasSent(t *testing.T) {
	sent := []float64{1.5, -0.25, 1e300, 0, 3, 4}
	value, err := EncodeArray(sent, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := DecodeValue(value)
	if expected := (Array{[]int64{2, 3}, sent}); err != nil || !reflect.DeepEqual(decoded, expected) {
		t.Errorf("%v became %v, %v", expected, decoded, err)
	}
	if floats, err := Elements[float32](value.GetArray()); err == nil {
		t.Errorf("float64 was read as float32: %v", floats)
	}
}

func TestBytesThatDoNotFillTheShapeAreRefused(t *testing.T) {
	for _, shape := range [][]int64{{}, {2}, {4}, {-1, -3}, {3, 0}, {3, 1 << 62, 4}, {1 << 32, 1 << 32}} {
		if elements, err := Elements[int8](int8s(shape, 1, 2, 3)); err == nil {
			t.Errorf("3 bytes of shape %v became %v", shape, elements)
		}
	}
	for _, shape := range [][]int64{{3}, {1, 3, 1}} {
		if elements, err := Elements[int8](int8s(shape, 1, 2, 255)); err != nil || elements[2] != -1 {
			t.Errorf("3 bytes of shape %v became %v, %v", shape, elements, err)
		}
	}
}

func TestEachKindOfValueBecomesAGoValue(t *testing.T) {
	power := new(big.Int).Lsh(big.NewInt(1), 63)
	list := &pb.ValueList{Values: []*pb.Value{integer(-7), text("é")}}
	graph := &pb.GraphInstance{Nodes: integer(1), EdgeLinks: int8s([]int64{1, 2}, 0, 1)}
	dict := &pb.Dict{Entries: []*pb.Dict_Entry{{Key: text("k"), Value: integer(5)}, {Key: integer(2), Value: text("v")}}}
	tests := []struct {
		value    *pb.Value
		expected any
	}{
		{&pb.Value{Kind: &pb.Value_None{None: &pb.NoneValue{}}}, nil},
		{&pb.Value{Kind: &pb.Value_BoolValue{BoolValue: true}}, true},
		{&pb.Value{Kind: &pb.Value_BigInt{BigInt: []byte{0, 0, 0, 0, 0, 0, 0, 0x80, 0}}}, power},
		{&pb.Value{Kind: &pb.Value_BigInt{BigInt: []byte{0, 0, 0, 0, 0, 0, 0, 0x80, 0xff}}}, new(big.Int).Neg(power)},
		{&pb.Value{Kind: &pb.Value_FloatValue{FloatValue: 0.5}}, 0.5},
		{&pb.Value{Kind: &pb.Value_BytesValue{BytesValue: []byte{9}}}, []byte{9}},
		{&pb.Value{Kind: &pb.Value_Scalar{Scalar: int8s(nil, 7)}}, Array{nil, []int8{7}}},
		{&pb.Value{Kind: &pb.Value_ObjectArray{ObjectArray: &pb.ObjectArray{Shape: []int64{2}, Values: list.Values}}},
			Objects{[]int64{2}, []any{int64(-7), "é"}}},
		{&pb.Value{Kind: &pb.Value_StringArray{StringArray: &pb.StringArray{Shape: []int64{1}, Values: []string{"a"}}}},
			Array{[]int64{1}, []string{"a"}}},
		{&pb.Value{Kind: &pb.Value_List{List: list}}, []any{int64(-7), "é"}},
		{&pb.Value{Kind: &pb.Value_Tuple{Tuple: list}}, Tuple{int64(-7), "é"}},
		{&pb.Value{Kind: &pb.Value_Dict{Dict: dict}}, map[any]any{"k": int64(5), int64(2): "v"}},
		{&pb.Value{Kind: &pb.Value_Graph{Graph: graph}}, Graph{int64(1), nil, Array{[]int64{1, 2}, []int8{0, 1}}}},
	}
	for _, test := range tests {
		if decoded, err := DecodeValue(test.value); err != nil || !reflect.DeepEqual(decoded, test.expected) {
			t.Errorf("%v became %#v, %v", test.value, decoded, err)
		}
	}
	if decoded, err := DecodeValue(&pb.Value{}); err == nil {
		t.Errorf("a value without a kind became %v", decoded)
	}
}

func TestADictKeyThatGoCannotCompareIsRefused(t *testing.T) {
	list := &pb.ValueList{Values: []*pb.Value{integer(1)}}
	for _, key := range []*pb.Value{
		{Kind: &pb.Value_Tuple{Tuple: list}},
		{Kind: &pb.Value_List{List: list}},
		{Kind: &pb.Value_BytesValue{BytesValue: []byte{1}}},
		{Kind: &pb.Value_Array{Array: int8s([]int64{1}, 1)}},
		{Kind: &pb.Value_Graph{Graph: &pb.GraphInstance{Nodes: &pb.Value{Kind: &pb.Value_Array{Array: int8s([]int64{1}, 1)}}}}},
	} {
		if decoded, err := DecodeDict(&pb.Dict{Entries: []*pb.Dict_Entry{{Key: key, Value: integer(5)}}}); err == nil {
			t.Errorf("the key %v was accepted: %v", key, decoded)
		}
	}
}
