/// Reads records of separated fields (RFC 4180): lines end with LF, CR LF or CR, and a field that begins with a quote may hold separators,
/// line ends and doubled quotes.
///
/// Blank lines are skipped, and lines of comment where a sign for them is given. A byte order mark is skipped.
package struct CSVReader {
    /// The error for text that breaks the rules of quoted fields.
    package struct Malformed: Error, Hashable, CustomStringConvertible {
        /// The rule that the text breaks.
        package enum Reason: Sendable, Hashable {
            /// A field begins with a quote, and no quote ends it before the end of the text.
            case unclosedQuote
            /// Other bytes than blanks and tabs stand between a closing quote and the end of its field.
            case textAfterQuote
            /// A record has more fields than `mostFields`.
            case tooManyFields
            /// A field has more bytes than the reader's limit.
            case fieldTooLong
        }

        package let reason: Reason
        /// The line of the opening quote, or of the field beyond a limit, from 1.
        package let line: Int

        package var description: String {
            switch reason {
            case .unclosedQuote: "line \(line): a quote is opened and never closed"
            case .textAfterQuote: "line \(line): text follows a closing quote; a quote inside a quoted field is written twice"
            case .tooManyFields: "line \(line): more than \(CSVReader.mostFields) fields"
            case .fieldTooLong: "line \(line): a field is too long"
            }
        }
    }

    /// Where one field stands in the bytes, without its quotes.
    package struct Field: Sendable {
        package let start, end: Int
        /// Whether the field holds doubled quotes.
        package let isEscaped: Bool
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let separator: UInt8
    private let comment: UInt8?
    private let longestField: Int
    private var position = 0
    private var nextLine = 1
    /// The line on which the record returned last begins, from 1.
    package private(set) var line = 0
    /// The fields of the record returned last.
    package private(set) var fields: [Field] = []
    /// Where the record returned last stands in the bytes, without its line end.
    package private(set) var bounds = 0..<0

    /// - Parameters:
    ///   - bytes: must outlive the reader.
    ///   - comment: the first byte of lines to skip.
    ///   - longestField: the most bytes of a field.
    package init(
        _ bytes: UnsafeBufferPointer<UInt8>, separator: UInt8 = UInt8(ascii: ","), comment: UInt8? = nil, longestField: Int = .max
    ) {
        self.bytes = bytes
        self.separator = separator
        self.comment = comment
        self.longestField = longestField
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The most fields of a record.
    package static let mostFields = 4096

    /// Moves to the next record; false at the end.
    ///
    /// - Throws: `Malformed` for a quote that is not closed, for text behind a closing quote, and for what is beyond a limit.
    package mutating func next() throws(Malformed) -> Bool {
        skipBlankLines()
        fields.removeAll(keepingCapacity: true)
        line = nextLine
        let start = position
        guard position < bytes.count else { return false }
        while true {
            try readField()
            if let field = fields.last, field.end - field.start > longestField { throw Malformed(reason: .fieldTooLong, line: line) }
            guard fields.count <= Self.mostFields else { throw Malformed(reason: .tooManyFields, line: line) }
            guard position < bytes.count, bytes[position] == separator else { break }
            position += 1
        }
        bounds = start..<position
        if position < bytes.count { endLine() }
        return true
    }

    /// The bytes of a field of the record returned last, with doubled quotes still doubled.
    package subscript(field index: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[fields[index].start..<fields[index].end])
    }

    /// The bytes of a field of the record returned last, with doubled quotes made one.
    package func bytes(of index: Int) -> [UInt8] {
        fields[index].isEscaped ? CSVReader.unescaped(self[field: index]) : Array(self[field: index])
    }

    /// A field of the record returned last as text, with doubled quotes made one. Bytes that are not UTF-8 become U+FFFD.
    package func text(_ index: Int) -> String { String(decoding: bytes(of: index), as: UTF8.self) }

    /// The same without the blanks and tabs around the text.
    package func trimmedText(_ index: Int) -> String {
        var bytes = bytes(of: index)[...]
        while let last = bytes.last, last == 32 || last == 9 { bytes.removeLast() }
        return String(decoding: bytes.drop { $0 == 32 || $0 == 9 }, as: UTF8.self)
    }

    /// Bytes of an escaped field with every doubled quote made one.
    package static func unescaped(_ field: some Sequence<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var isSecond = false
        for byte in field {
            isSecond = byte == UInt8(ascii: "\"") && !isSecond
            if byte != UInt8(ascii: "\"") || isSecond { bytes.append(byte) }
        }
        return bytes
    }

    /// The separator of a table: the most frequent one of comma, semicolon and tab in its first line; nil where that has none.
    package static func separator(of bytes: [UInt8], comment: UInt8? = nil) -> UInt8? {
        var rest = bytes[(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != 10 && $0 != 13 }
            if line.isEmpty || line.first == comment || line.allSatisfy({ $0 == 32 || $0 == 9 }) {
                rest = rest.dropFirst(line.count + 1)
                continue
            }
            let counts = [UInt8(ascii: ","), UInt8(ascii: ";"), 9].map { separator in (separator, line.count { $0 == separator }) }
            return counts.filter { $0.1 > 0 }.max { $0.1 < $1.1 }?.0
        }
        return nil
    }

    private mutating func readField() throws(Malformed) {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            let start = position
            skipToEndOfField()
            return fields.append(Field(start: start, end: position, isEscaped: false))
        }
        let opening = nextLine
        position += 1
        let start = position
        var isEscaped = false
        while true {
            guard position < bytes.count else { throw Malformed(reason: .unclosedQuote, line: opening) }
            if bytes[position] == UInt8(ascii: "\"") {
                guard position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "\"") else { break }
                isEscaped = true
                position += 1
            } else if bytes[position] == 10 || bytes[position] == 13 && (position + 1 == bytes.count || bytes[position + 1] != 10) {
                nextLine += 1
            }
            position += 1
        }
        fields.append(Field(start: start, end: position, isEscaped: isEscaped))
        position += 1
        let end = position
        skipToEndOfField()
        guard bytes[end..<position].allSatisfy({ $0 == 32 || $0 == 9 }) else { throw Malformed(reason: .textAfterQuote, line: opening) }
    }

    private mutating func skipToEndOfField() {
        while position < bytes.count, bytes[position] != separator, bytes[position] != 10, bytes[position] != 13 { position += 1 }
    }

    private mutating func endLine() {
        position += bytes[position] == 13 && position + 1 < bytes.count && bytes[position + 1] == 10 ? 2 : 1
        nextLine += 1
    }

    /// Past line ends, and past lines that hold only blanks or a comment.
    private mutating func skipBlankLines() {
        while position < bytes.count {
            if bytes[position] == 10 || bytes[position] == 13 {
                endLine()
                continue
            }
            let isComment = comment == bytes[position]
            guard isComment || bytes[position] == 32 || bytes[position] == 9 else { return }
            var end = position
            while end < bytes.count, bytes[end] != 10, bytes[end] != 13 {
                guard isComment || bytes[end] == 32 || bytes[end] == 9 else { return }
                end += 1
            }
            position = end
        }
    }
}
