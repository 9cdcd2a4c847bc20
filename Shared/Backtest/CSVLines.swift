/// The lines and fields of plain CSV: comma-separated, optional quotes around a whole field, LF or CRLF, empty lines skipped.
struct CSVLines {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    /// The number of the line returned last, from 1.
    private(set) var number = 0
    /// Field bounds of the line returned last.
    private(set) var fields: [Range<Int>] = []

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// Moves to the next line that is not empty and returns whether there is one.
    mutating func next() -> Bool {
        while position < bytes.count {
            number += 1
            fields.removeAll(keepingCapacity: true)
            var start = position
            var end = position
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") {
                if bytes[end] == UInt8(ascii: ",") {
                    fields.append(bounds(start, end))
                    start = end + 1
                }
                end += 1
            }
            let empty = fields.isEmpty && bounds(start, end).isEmpty
            fields.append(bounds(start, end))
            position = end + 1
            if !empty { return true }
        }
        return false
    }

    subscript(field index: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[fields[index]]) }

    func text(_ index: Int) -> String { String(decoding: self[field: index], as: UTF8.self) }

    private func bounds(_ start: Int, _ end: Int) -> Range<Int> {
        var end = end
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        if end - start >= 2, bytes[start] == UInt8(ascii: "\""), bytes[end - 1] == UInt8(ascii: "\"") { return start + 1..<end - 1 }
        return start..<end
    }
}
