/// A strict RFC 8259 parser over bytes, made for long arrays of numbers: several times faster there than decoding into optionals. The one
/// thing more that it takes is the bare `NaN` and `Infinity` of careless writers, as null, so that only their own rows suffer.
struct JSONScanner {
    struct Malformed: Error {
        let offset: Int
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// Parses one value that fills the body, white space and a byte order mark aside.
    static func parse(_ body: [UInt8]) throws(Malformed) -> JSONValue {
        let result: Result<JSONValue, Malformed> = body.withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes: bytes)
            if body.starts(with: [0xEF, 0xBB, 0xBF]) { scanner.position = 3 }
            do throws(Malformed) {
                let value = try scanner.value(depth: 0)
                scanner.skipSpace()
                guard scanner.position == bytes.count else { throw scanner.malformed }
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private var malformed: Malformed { Malformed(offset: position) }

    private func peek() throws(Malformed) -> UInt8 {
        guard position < bytes.count else { throw malformed }
        return bytes[position]
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] == 32 || bytes[position] == 10 || bytes[position] == 13 || bytes[position] == 9 {
            position += 1
        }
    }

    private mutating func expect(_ text: StaticString) throws(Malformed) {
        for index in 0..<text.utf8CodeUnitCount {
            guard try peek() == text.utf8Start[index] else { throw malformed }
            position += 1
        }
    }

    private mutating func value(depth: Int) throws(Malformed) -> JSONValue {
        guard depth < 64 else { throw malformed }
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try text())
        case UInt8(ascii: "t"):
            try expect("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try expect("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try expect("null")
            return .null
        case UInt8(ascii: "N"):
            try expect("NaN")
            return .null
        case UInt8(ascii: "I"):
            try expect("Infinity")
            return .null
        case UInt8(ascii: "-") where position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "I"):
            try expect("-Infinity")
            return .null
        default: return .number(try number())
        }
    }

    private mutating func object(_ depth: Int) throws(Malformed) -> JSONValue {
        var members: [JSONValue.Member] = []
        position += 1
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            position += 1
            return .object([])
        }
        while true {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else { throw malformed }
            let key = try text()
            skipSpace()
            try expect(":")
            members.append(.init(key: key, value: try value(depth: depth + 1)))
            if try !goesOn(until: UInt8(ascii: "}")) { return .object(members) }
        }
    }

    private mutating func array(_ depth: Int) throws(Malformed) -> JSONValue {
        var numbers: [Double] = []
        var others: [JSONValue] = []
        position += 1
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            position += 1
            return .numbers([])
        }
        while true {
            let element = try value(depth: depth + 1)
            switch element {
            case .number(let number) where others.isEmpty: numbers.append(number)
            case .null where others.isEmpty: numbers.append(.nan)
            default:
                if others.isEmpty { others = numbers.map { $0.isNaN ? .null : .number($0) } }
                others.append(element)
            }
            if try !goesOn(until: UInt8(ascii: "]")) { return others.isEmpty ? .numbers(numbers) : .array(others) }
        }
    }

    /// After an element: true past a comma, false past the end.
    private mutating func goesOn(until end: UInt8) throws(Malformed) -> Bool {
        skipSpace()
        let byte = try peek()
        guard byte == UInt8(ascii: ",") || byte == end else { throw malformed }
        position += 1
        return byte != end
    }

    private mutating func number() throws(Malformed) -> Double {
        let start = position
        var mantissa: UInt64 = 0
        var digits = 0
        var fraction = 0
        if try peek() == UInt8(ascii: "-") { position += 1 }
        let leading = position
        while position < bytes.count, bytes[position] &- 48 < 10 {
            mantissa = mantissa &* 10 &+ UInt64(bytes[position] &- 48)
            digits += 1
            position += 1
        }
        guard digits > 0, digits == 1 || bytes[leading] != 48 else { throw malformed }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            while position < bytes.count, bytes[position] &- 48 < 10 {
                mantissa = mantissa &* 10 &+ UInt64(bytes[position] &- 48)
                fraction += 1
                position += 1
            }
            guard fraction > 0 else { throw malformed }
        }
        let hasExponent = position < bytes.count && bytes[position] | 0x20 == UInt8(ascii: "e")
        if !hasExponent, digits + fraction <= 15 {
            let value = Double(mantissa) / JSONScanner.powers[fraction]
            return bytes[start] == UInt8(ascii: "-") ? -value : value
        }
        if hasExponent {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") { position += 1 }
            let exponent = position
            while position < bytes.count, bytes[position] &- 48 < 10 { position += 1 }
            guard position > exponent else { throw malformed }
        }
        guard let value = Double(Substring(decoding: bytes[start..<position], as: UTF8.self)) else { throw malformed }
        return value
    }

    private static let powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

    private mutating func text() throws(Malformed) -> String {
        position += 1
        let start = position
        while try peek() != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\"), bytes[position] >= 32 { position += 1 }
        if bytes[position] == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try string(Array(bytes[start..<position]))
        }
        var units = Array(bytes[start..<position])
        while try peek() != UInt8(ascii: "\"") {
            guard bytes[position] >= 32 else { throw malformed }
            if bytes[position] == UInt8(ascii: "\\") {
                position += 1
                units += Array(String(try escaped()).utf8)
            } else {
                units.append(bytes[position])
                position += 1
            }
        }
        position += 1
        return try string(units)
    }

    private func string(_ units: [UInt8]) throws(Malformed) -> String {
        guard let text = String(validating: units, as: UTF8.self) else { throw malformed }
        return text
    }

    private mutating func escaped() throws(Malformed) -> Unicode.Scalar {
        let byte = try peek()
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "u"): break
        default: throw malformed
        }
        var code = try hexadecimal()
        if code & 0xFC00 == 0xD800 {
            try expect("\\u")
            let low = try hexadecimal()
            guard low & 0xFC00 == 0xDC00 else { throw malformed }
            code = 0x10000 + ((code & 0x3FF) << 10 | (low & 0x3FF))
        }
        guard let scalar = Unicode.Scalar(code) else { throw malformed }
        return scalar
    }

    private mutating func hexadecimal() throws(Malformed) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(try peek())).hexDigitValue else { throw malformed }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }
}
