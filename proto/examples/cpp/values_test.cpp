// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

#include "values.hpp"

#include <cstdlib>
#include <functional>
#include <iostream>

namespace {

namespace v1 = gymwire::v1;

using Shape = std::vector<std::int64_t>;

void expect(bool holds, const std::string& what) {
  if (!holds) {
    std::cerr << "failed: " << what << '\n';
    std::exit(1);
  }
}

bool is_refused(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::invalid_argument&) {
    return true;
  }
  return false;
}

v1::NdArray int8s(const Shape& shape, const std::string& bytes) {
  v1::NdArray array;
  array.set_dtype(v1::DTYPE_INT8);
  array.mutable_shape()->Add(shape.begin(), shape.end());
  array.set_data(bytes);
  return array;
}

void an_array_is_read_as_it_was_sent() {
  const std::vector<double> sent{1.5, -0.25, 1e300, 0, 3, 4};
  const v1::Value value = example::array(sent, {2, 3});
  const v1::NdArray& read = example::as_array(value);
  expect(read.shape_size() == 2 && read.shape(0) == 2 && read.shape(1) == 3, "the shape is kept");
  expect(example::elements<double>(read) == sent, "the elements are kept");
  expect(is_refused([&] { example::elements<float>(read); }), "float64 is not read as float32");
  expect(is_refused([] { example::as_array({}); }), "a value without a kind is not an array");
}

void a_bool_is_read_as_a_byte() {
  v1::NdArray flags = int8s({2}, std::string("\1\0", 2));
  flags.set_dtype(v1::DTYPE_BOOL);
  expect(example::elements<std::uint8_t>(flags) == std::vector<std::uint8_t>{1, 0}, "flags are bytes");
  expect(is_refused([&] { example::elements<std::int8_t>(flags); }), "flags are not read as signed");
}

void bytes_that_do_not_fill_the_shape_are_refused() {
  const std::int64_t large = std::int64_t{1} << 32;
  const std::int64_t larger = std::int64_t{1} << 62;
  for (const Shape& shape : {Shape{}, {2}, {4}, {-1, -3}, {3, 0}, {3, larger, 4}, {large, large}}) {
    expect(is_refused([&] { example::elements<std::int8_t>(int8s(shape, "\1\2\3")); }), "a wrong shape is refused");
  }
  for (const Shape& shape : {Shape{3}, {1, 3, 1}}) {
    const std::vector<std::int8_t> expected{1, 2, -1};
    expect(example::elements<std::int8_t>(int8s(shape, "\1\2\xff")) == expected, "a right shape is read");
  }
}

void a_dict_is_searched_by_string_keys() {
  v1::Dict dict;
  v1::Dict::Entry* number = dict.add_entries();
  number->mutable_key()->set_int_value(2);
  number->mutable_value()->set_bool_value(true);
  v1::Dict::Entry* name = dict.add_entries();
  name->mutable_key()->set_string_value("fps");
  name->mutable_value()->set_int_value(50);
  const v1::Value* fps = example::get(dict, "fps");
  expect(fps != nullptr && fps->int_value() == 50, "an existing key is found");
  expect(example::get(dict, "2") == nullptr, "an int key is not found by a string");
}

}  // namespace

int main() {
  an_array_is_read_as_it_was_sent();
  a_bool_is_read_as_a_byte();
  bytes_that_do_not_fill_the_shape_are_refused();
  a_dict_is_searched_by_string_keys();
}
