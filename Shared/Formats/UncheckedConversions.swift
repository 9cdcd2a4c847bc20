// The standard library's conversions that end the process where a number does not fit. In every file that imports this module these
// declarations take their place, and calling one is an error of the build: `init(checked:)`, `init(exactly:)` and `init(clamping:)` say what
// becomes of a number that does not fit, `init(truncatingIfNeeded:)` that it is known to fit.

extension Int {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { fatalError("\(number) is no Int") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { fatalError("\(number) is no Int") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: UInt) { fatalError("\(number) is no Int") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: UInt64) { fatalError("\(number) is no Int") }
}

extension Int64 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { fatalError("\(number) is no Int64") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { fatalError("\(number) is no Int64") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: UInt) { fatalError("\(number) is no Int64") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: UInt64) { fatalError("\(number) is no Int64") }
}

extension Int32 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { fatalError("\(number) is no Int32") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { fatalError("\(number) is no Int32") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { fatalError("\(number) is no Int32") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int64) { fatalError("\(number) is no Int32") }
}

extension Int16 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { fatalError("\(number) is no Int16") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { fatalError("\(number) is no Int16") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { fatalError("\(number) is no Int16") }
}

extension Int8 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { fatalError("\(number) is no Int8") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { fatalError("\(number) is no Int8") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { fatalError("\(number) is no Int8") }
}

extension UInt {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { fatalError("\(number) is no UInt") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { fatalError("\(number) is no UInt") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { fatalError("\(number) is no UInt") }
}

extension UInt64 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { fatalError("\(number) is no UInt64") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { fatalError("\(number) is no UInt64") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { fatalError("\(number) is no UInt64") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int64) { fatalError("\(number) is no UInt64") }
}

extension UInt32 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { fatalError("\(number) is no UInt32") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { fatalError("\(number) is no UInt32") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { fatalError("\(number) is no UInt32") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int64) { fatalError("\(number) is no UInt32") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: UInt64) { fatalError("\(number) is no UInt32") }
}

extension UInt16 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { fatalError("\(number) is no UInt16") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { fatalError("\(number) is no UInt16") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { fatalError("\(number) is no UInt16") }
}

extension UInt8 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { fatalError("\(number) is no UInt8") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { fatalError("\(number) is no UInt8") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { fatalError("\(number) is no UInt8") }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: UInt32) { fatalError("\(number) is no UInt8") }
}
