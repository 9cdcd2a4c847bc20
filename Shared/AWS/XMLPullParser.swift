import Formats

/// A small pull parser for the XML of AWS responses: elements, text, CDATA, character references.
///
/// Attributes, comments and processing instructions are skipped, prefixes are cut off; a document type is an error.
package struct XMLPullParser {
    package enum Event: Equatable {
        case start(String)
        case text(String)
        case end(String)
    }

    /// The error for a malformed document, with the offset of the malformed part in bytes.
    package struct Malformed: Error, Equatable {
        package let offset: Int
        package let reason: String
    }

    private let bytes: [UInt8]
    private var index = 0
    private var open: [String] = []
    private var pendingEnd: String?
    private var hasRoot = false

    static let maximumDepth = 64

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    }

    /// The next event; `nil` after the root element has ended. A document that ends early throws.
    package mutating func next() throws(Malformed) -> Event? {
        if let name = pendingEnd {
            pendingEnd = nil
            return .end(name)
        }
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "<") else {
                let text = try characterData()
                if !open.isEmpty { return .text(text) }
                guard text.utf8.allSatisfy({ $0 <= 0x20 }) else { throw failure("text outside of the root element") }
                continue
            }
            if skips("<?") {
                try skip(past: "?>")
            } else if skips("<!--") {
                try skip(past: "-->")
            } else if skips("<![CDATA[") {
                let start = index
                try skip(past: "]]>")
                guard !open.isEmpty else { throw failure("text outside of the root element") }
                return .text(String(decoding: bytes[start..<(index - 3)], as: UTF8.self))
            } else if skips("<!") {
                throw failure("a document type is not accepted")
            } else if skips("</") {
                let name = try elementName()
                skipBlanks()
                guard skips(">"), open.popLast() == name else { throw failure("</\(name)> closes nothing") }
                return .end(Self.local(name))
            } else {
                return try startTag()
            }
        }
        guard open.isEmpty, hasRoot else { throw failure("the document ends early") }
        return nil
    }

    private mutating func startTag() throws(Malformed) -> Event {
        index += 1
        guard open.count < Self.maximumDepth else { throw failure("elements are nested too deeply") }
        guard !open.isEmpty || !hasRoot else { throw failure("a second root element") }
        hasRoot = true
        let name = try elementName()
        var quote: UInt8?
        while index < bytes.count {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if skips("/>") {
                pendingEnd = Self.local(name)
                return .start(Self.local(name))
            } else if byte == UInt8(ascii: ">") {
                index += 1
                open.append(name)
                return .start(Self.local(name))
            } else if byte == UInt8(ascii: "<") {
                throw failure("a tag inside of a tag")
            }
            index += 1
        }
        throw failure("the document ends inside of a tag")
    }

    private mutating func elementName() throws(Malformed) -> String {
        let start = index
        while index < bytes.count, bytes[index] > 0x20, !"/<>=\"'&".utf8.contains(bytes[index]) { index += 1 }
        guard index > start else { throw failure("a tag without a name") }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func characterData() throws(Malformed) -> String {
        var text: [UInt8] = []
        while index < bytes.count, bytes[index] != UInt8(ascii: "<") {
            if bytes[index] == UInt8(ascii: "&") {
                text += try reference()
            } else {
                text.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func reference() throws(Malformed) -> [UInt8] {
        guard let end = bytes[index...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
            throw failure("an ampersand that is no reference")
        }
        let name = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
        let named = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"][name]
        let number = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
        guard let text = named ?? number.flatMap(Unicode.Scalar.init).map(String.init) else { throw failure("&\(name); is unknown") }
        index = end + 1
        return Array(text.utf8)
    }

    private mutating func skips(_ text: StaticString) -> Bool {
        let matches = text.withUTF8Buffer { bytes[index...].starts(with: $0) }
        if matches { index += text.utf8CodeUnitCount }
        return matches
    }

    private mutating func skip(past text: StaticString) throws(Malformed) {
        while index < bytes.count {
            if skips(text) { return }
            index += 1
        }
        throw failure("the document ends early")
    }

    private mutating func skipBlanks() {
        while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
    }

    private static func local(_ name: String) -> String {
        name.utf8.lastIndex(of: UInt8(ascii: ":")).map { String(name[name.utf8.index(after: $0)...]) } ?? name
    }

    private func failure(_ reason: String) -> Malformed { Malformed(offset: index, reason: reason) }
}
