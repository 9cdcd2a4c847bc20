import Formats
import FoundationEssentials

/// safetensors (huggingface/safetensors): u64 little-endian header length, JSON header, raw little-endian tensors.
extension Artifact {
    private struct Entry: Codable {
        var dtype: String
        var shape: [Int]
        var offsets: [Int]

        enum CodingKeys: String, CodingKey { case dtype, shape, offsets = "data_offsets" }
    }

    private struct Header: Codable {
        var metadata: [String: String] = [:]
        var entries: [String: Entry] = [:]

        struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(_ name: String) { stringValue = name }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init() {}

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            for key in container.allKeys {
                if key.stringValue == "__metadata__" {
                    metadata = try container.decode([String: String].self, forKey: key)
                } else {
                    entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
                }
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(metadata, forKey: Key("__metadata__"))
            for (name, entry) in entries { try container.encode(entry, forKey: Key(name)) }
        }
    }

    /// The most bytes of a header that is read. The longest of our own models has some hundred tensors of a hundred bytes each.
    private static let longestHeader = 16 << 20

    /// The file's bytes; the same artifact always gives the same bytes.
    package func encoded() throws -> [UInt8] {
        var header = Header()
        header.metadata = metadata
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.values.count * 4
            header.entries[tensor.name] = Entry(dtype: "F32", shape: tensor.shape, offsets: [offset, end])
            offset = end
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var json = [UInt8](try encoder.encode(header))
        while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
        var bytes = [UInt8]()
        bytes.reserveCapacity(8 + json.count + offset)
        withUnsafeBytes(of: UInt64(truncatingIfNeeded: json.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: json)
        for tensor in tensors {
            for value in tensor.values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
        }
        return bytes
    }

    /// Reads a file of fp32 tensors that fill it without gaps.
    ///
    /// Each tensor is copied once into its own array. The bytes come from the object store, so there is no file to map into memory.
    package init(decoding bytes: [UInt8]) throws(ArtifactError) {
        guard bytes.count >= 8 else { throw .truncated }
        let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * $1) }
        guard let length = Int(exactly: length), length <= bytes.count - 8 else { throw .truncated }
        guard length <= Artifact.longestHeader else { throw .header("longer than \(Artifact.longestHeader) bytes") }
        let start = 8 + length
        let header: Header
        do { header = try JSONDecoder().decode(Header.self, from: Data(bytes[8..<start])) } catch {
            throw .header("not the JSON of a header")
        }
        var tensors: [Tensor] = []
        var next = 0
        for (name, entry) in header.entries.sorted(by: { ($0.value.offsets.first ?? 0, $0.key) < ($1.value.offsets.first ?? 0, $1.key) }) {
            guard entry.dtype == "F32" else { throw .header("\(name) is of type \(entry.dtype)") }
            guard entry.offsets.count == 2, entry.offsets[0] == next, entry.offsets[1] >= next, entry.shape.allSatisfy({ $0 >= 0 }) else {
                throw .header("\(name) is out of place")
            }
            guard entry.offsets[1] <= bytes.count - start else { throw .truncated }
            let count = (entry.offsets[1] - next) / 4
            guard entry.shape.checkedProduct()?.checkedProduct(4) == entry.offsets[1] - next else {
                throw .header("\(name) has a shape of another size")
            }
            let base = start + next
            let values = bytes.withUnsafeBytes { raw in
                (0..<count).map {
                    Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: base + 4 * $0, as: UInt32.self)))
                }
            }
            tensors.append(Tensor(name: name, shape: entry.shape, values: values))
            next = entry.offsets[1]
        }
        guard start + next == bytes.count else { throw .truncated }
        self.init(metadata: header.metadata, tensors: tensors)
    }
}
