/// The standard library's `hypot` for `Float` asks for the C library's symbol of glibc 2.35; Amazon Linux 2023 has 2.34. This one is found first.
///
/// The squares of two floats are exact in double precision, and so is their place: no overflow, no underflow.
@c(hypotf) package func hypotenuse(_ x: Float, _ y: Float) -> Float {
    let (x, y) = (Double(x), Double(y))
    if x.isInfinite || y.isInfinite { return .infinity }
    return Float((x * x + y * y).squareRoot())
}
