// The standard library's conversions that end the process where a number does not fit. In every file that imports this module these
// declarations take their place, and calling one is an error of the build: `init(checked:)`, `init(exactly:)` and `init(clamping:)` say what
// becomes of a number that does not fit, `init(truncatingIfNeeded:)` that it is known to fit.

extension FixedWidthInteger {
    /// What the standard library's conversions do.
    fileprivate static func fitting(_ converted: Self?, _ number: some Any) -> Self {
        guard let converted else { fatalError("\(number) does not fit into \(Self.self)") }
        return converted
    }
}

extension Int {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: UInt) { self = Self.fitting(Self(exactly: number), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: UInt64) { self = Self.fitting(Self(exactly: number), number) }
}

extension Int64 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: UInt) { self = Self.fitting(Self(exactly: number), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: UInt64) { self = Self.fitting(Self(exactly: number), number) }
}

extension Int32 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { self = Self.fitting(Self(exactly: number), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int64) { self = Self.fitting(Self(exactly: number), number) }
}

extension Int16 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { self = Self.fitting(Self(exactly: number), number) }
}

extension Int8 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { self = Self.fitting(Self(exactly: number), number) }
}

extension UInt {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { self = Self.fitting(Self(exactly: number), number) }
}

extension UInt64 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { self = Self.fitting(Self(exactly: number), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int64) { self = Self.fitting(Self(exactly: number), number) }
}

extension UInt32 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { self = Self.fitting(Self(exactly: number), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int64) { self = Self.fitting(Self(exactly: number), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: UInt64) { self = Self.fitting(Self(exactly: number), number) }
}

extension UInt16 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { self = Self.fitting(Self(exactly: number), number) }
}

extension UInt8 {
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Double) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Float) { self = Self.fitting(Self(exactly: number.rounded(.towardZero)), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: Int) { self = Self.fitting(Self(exactly: number), number) }
    @available(*, deprecated, message: "use init(checked:), or another label that says what becomes of a number that does not fit")
    package init(_ number: UInt32) { self = Self.fitting(Self(exactly: number), number) }
}
