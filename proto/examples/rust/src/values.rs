// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

//! Converts arrays and values of the contract to Rust types and back. A [`Kind`] is already an enum with one variant
//! for each Python type, so this file only has functions that read or write bytes, or search a dict.

use crate::pb::value::Kind;
use crate::pb::{DType, Dict, NdArray, Value};

/// The error for a value of another type or shape than expected.
#[derive(Debug)]
pub struct WrongValue(String);

impl std::fmt::Display for WrongValue {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongValue {}

/// The type of an array's elements. Rust has no types for float16 and the complex numbers.
pub trait Element: Copy {
    const DTYPE: DType;
    const SIZE: usize;
    /// Reads one element from exactly `SIZE` bytes.
    fn read(bytes: &[u8]) -> Self;
    fn write(self, bytes: &mut Vec<u8>);
}

macro_rules! element {
    ($($type:ty => $dtype:ident),* $(,)?) => {$(
        impl Element for $type {
            const DTYPE: DType = DType::$dtype;
            const SIZE: usize = size_of::<$type>();

            fn read(bytes: &[u8]) -> Self {
                Self::from_le_bytes(bytes.try_into().expect("SIZE bytes"))
            }

            fn write(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

element! {
    i8 => DtypeInt8, i16 => DtypeInt16, i32 => DtypeInt32, i64 => DtypeInt64,
    u8 => DtypeUint8, u16 => DtypeUint16, u32 => DtypeUint32, u64 => DtypeUint64,
    f32 => DtypeFloat32, f64 => DtypeFloat64,
}

impl Element for bool {
    const DTYPE: DType = DType::DtypeBool;
    const SIZE: usize = 1;

    fn read(bytes: &[u8]) -> Self {
        bytes[0] != 0
    }

    fn write(self, bytes: &mut Vec<u8>) {
        bytes.push(self.into());
    }
}

/// Returns an array's elements in row-major order.
pub fn elements<T: Element>(array: &NdArray) -> Result<Vec<T>, WrongValue> {
    if array.dtype() != T::DTYPE {
        return Err(WrongValue(format!("expected {:?}, not {:?}", T::DTYPE, array.dtype())));
    }
    let size = array.shape.iter().try_fold(T::SIZE, |size, &length| size.checked_mul(length.try_into().ok()?));
    if size != Some(array.data.len()) {
        return Err(WrongValue(format!("{} bytes do not fill the shape {:?}", array.data.len(), array.shape)));
    }
    Ok(unpack(&array.data))
}

/// Reads elements from bytes that come without dtype and shape, e.g. a step's rewards (`f64`) and flags (`bool`).
pub fn unpack<T: Element>(bytes: &[u8]) -> Vec<T> {
    bytes.chunks_exact(T::SIZE).map(T::read).collect()
}

/// Makes an array from its elements in row-major order.
pub fn array<T: Element>(elements: &[T], shape: &[i64]) -> Value {
    let mut data = Vec::with_capacity(elements.len() * T::SIZE);
    elements.iter().for_each(|element| element.write(&mut data));
    let array = NdArray { dtype: T::DTYPE.into(), shape: shape.to_vec(), data };
    Value { kind: Some(Kind::Array(array)) }
}

/// Returns the array in a value, e.g. in the observations of a Box space.
pub fn as_array(value: Option<&Value>) -> Result<&NdArray, WrongValue> {
    match value.and_then(|value| value.kind.as_ref()) {
        Some(Kind::Array(array) | Kind::Scalar(array)) => Ok(array),
        other => Err(WrongValue(format!("expected an array, not {other:?}"))),
    }
}

/// Returns the value of a string key in a dict, e.g. in infos or metadata.
pub fn get<'a>(dict: Option<&'a Dict>, key: &str) -> Option<&'a Value> {
    let entries = &dict?.entries;
    let named = |value: &Value| matches!(&value.kind, Some(Kind::StringValue(text)) if text == key);
    entries.iter().find(|entry| entry.key.as_ref().is_some_and(named))?.value.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pb::dict::Entry;

    fn int8s(shape: &[i64], bytes: &[u8]) -> NdArray {
        NdArray { dtype: DType::DtypeInt8.into(), shape: shape.to_vec(), data: bytes.to_vec() }
    }

    #[test]
    fn an_array_is_read_as_it_was_sent() {
        let sent = [1.5, -0.25, 1e300, 0.0, 3.0, 4.0];
        let value = array(&sent, &[2, 3]);
        let read = as_array(Some(&value)).unwrap();
        assert_eq!(read.shape, [2, 3]);
        assert_eq!(elements::<f64>(read).unwrap(), sent);
        assert!(elements::<f32>(read).unwrap_err().to_string().contains("DtypeFloat32"));
        assert_eq!(elements::<bool>(as_array(Some(&array(&[true, false], &[2]))).unwrap()).unwrap(), [true, false]);
    }

    #[test]
    fn bytes_that_do_not_fill_the_shape_are_refused() {
        for shape in [&[][..], &[2], &[4], &[-1, -3], &[3, 0], &[3, 1 << 62, 4], &[1 << 32, 1 << 32]] {
            assert!(elements::<i8>(&int8s(shape, &[1, 2, 3])).is_err(), "{shape:?}");
        }
        for shape in [&[3][..], &[1, 3, 1]] {
            assert_eq!(elements::<i8>(&int8s(shape, &[1, 2, 255])).unwrap(), [1, 2, -1]);
        }
    }

    #[test]
    fn a_dict_is_searched_by_string_keys() {
        let value = |kind| Some(Value { kind: Some(kind) });
        let entries = vec![
            Entry { key: value(Kind::IntValue(2)), value: value(Kind::BoolValue(true)) },
            Entry { key: value(Kind::StringValue("fps".into())), value: value(Kind::IntValue(50)) },
        ];
        let dict = Dict { entries };
        assert_eq!(get(Some(&dict), "fps").cloned(), value(Kind::IntValue(50)));
        assert_eq!(get(Some(&dict), "2"), None);
        assert_eq!(get(None, "fps"), None);
        assert!(as_array(get(Some(&dict), "fps")).is_err());
        assert!(as_array(None).is_err());
    }
}
