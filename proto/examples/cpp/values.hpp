// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

// Converts arrays and values of the contract to C++ types and back. A Value's kind_case() gives its Python type, so
// this file only has functions that read or write bytes, or search a dict.

#pragma once

#include <bit>
#include <complex>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "gymwire/v1/value.pb.h"

namespace example {

namespace v1 = gymwire::v1;

// Elements are sent little-endian. A big-endian processor would have to reverse their bytes.
static_assert(std::endian::native == std::endian::little);

// The dtype of an element type. Before C++23, C++ has no type for float16. A bool is read as std::uint8_t.
template <typename T>
constexpr v1::DType dtype_of = v1::DTYPE_UNSPECIFIED;
template <>
inline constexpr v1::DType dtype_of<std::int8_t> = v1::DTYPE_INT8;
template <>
inline constexpr v1::DType dtype_of<std::int16_t> = v1::DTYPE_INT16;
template <>
inline constexpr v1::DType dtype_of<std::int32_t> = v1::DTYPE_INT32;
template <>
inline constexpr v1::DType dtype_of<std::int64_t> = v1::DTYPE_INT64;
template <>
inline constexpr v1::DType dtype_of<std::uint8_t> = v1::DTYPE_UINT8;
template <>
inline constexpr v1::DType dtype_of<std::uint16_t> = v1::DTYPE_UINT16;
template <>
inline constexpr v1::DType dtype_of<std::uint32_t> = v1::DTYPE_UINT32;
template <>
inline constexpr v1::DType dtype_of<std::uint64_t> = v1::DTYPE_UINT64;
template <>
inline constexpr v1::DType dtype_of<float> = v1::DTYPE_FLOAT32;
template <>
inline constexpr v1::DType dtype_of<double> = v1::DTYPE_FLOAT64;
template <>
inline constexpr v1::DType dtype_of<std::complex<float>> = v1::DTYPE_COMPLEX64;
template <>
inline constexpr v1::DType dtype_of<std::complex<double>> = v1::DTYPE_COMPLEX128;

template <typename T>
concept Element = dtype_of<T> != v1::DTYPE_UNSPECIFIED;

// Reads elements from bytes that come without dtype and shape, e.g. a step's rewards (double) and flags (std::uint8_t).
template <Element T>
std::vector<T> unpack(const std::string& bytes) {
  std::vector<T> elements(bytes.size() / sizeof(T));
  std::memcpy(elements.data(), bytes.data(), elements.size() * sizeof(T));
  return elements;
}

// Returns an array's elements in row-major order.
template <Element T>
std::vector<T> elements(const v1::NdArray& array) {
  const bool is_bool = array.dtype() == v1::DTYPE_BOOL && dtype_of<T> == v1::DTYPE_UINT8;
  if (array.dtype() != dtype_of<T> && !is_bool) {
    throw std::invalid_argument("expected an array of " + v1::DType_Name(dtype_of<T>) + ", not of " +
                                v1::DType_Name(array.dtype()));
  }
  std::int64_t size = sizeof(T);
  for (const std::int64_t length : array.shape()) {
    if (length < 0 || (length > 0 && size > std::numeric_limits<std::int64_t>::max() / length)) {
      throw std::invalid_argument("no array has an axis of length " + std::to_string(length));
    }
    size *= length;
  }
  if (static_cast<std::uint64_t>(size) != array.data().size()) {
    throw std::invalid_argument(std::to_string(array.data().size()) + " bytes do not fill the array's shape");
  }
  return unpack<T>(array.data());
}

// Makes an array from its elements in row-major order.
template <Element T>
v1::Value array(const std::vector<T>& elements, std::initializer_list<std::int64_t> shape) {
  v1::Value value;
  v1::NdArray& array = *value.mutable_array();
  array.set_dtype(dtype_of<T>);
  array.mutable_shape()->Add(shape.begin(), shape.end());
  array.set_data(elements.data(), elements.size() * sizeof(T));
  return value;
}

// Returns the array in a value, e.g. in the observations of a Box space.
inline const v1::NdArray& as_array(const v1::Value& value) {
  if (value.has_array()) {
    return value.array();
  }
  if (value.has_scalar()) {
    return value.scalar();
  }
  throw std::invalid_argument("expected an array, not " + value.ShortDebugString());
}

// Returns the value of a string key in a dict, e.g. in infos or metadata. Returns nullptr if there is no such key.
inline const v1::Value* get(const v1::Dict& dict, std::string_view key) {
  for (const v1::Dict::Entry& entry : dict.entries()) {
    if (entry.key().has_string_value() && entry.key().string_value() == key) {
      return &entry.value();
    }
  }
  return nullptr;
}

}  // namespace example
