import Formats

extension HTTPAPIResponse {
    /// The response as `JSONEncoder` would write it with sorted keys, for a function that sends large bodies often.
    package func json() -> [UInt8] {
        var writer = JSONWriter(capacity: (body?.utf8.count ?? 0) * 5 / 4 + 256)
        writer.object { response in
            if let body { response.member("body", body) }
            if let cookies { response.list("cookies", cookies) { $0.string($1) } }
            response.stringMap("headers", headers)
            response.member("isBase64Encoded", isBase64Encoded)
            response.member("statusCode", statusCode)
        }
        return writer.bytes
    }
}

extension HTTPAPIResponse {
    /// Reads the usual form in a fraction of the decoder's time: known members only, headers as text, nothing null.
    ///
    /// - Throws: `JSONReader.Malformed` for any other form, which `init(from:)` may still take.
    init(reading bytes: [UInt8]) throws(JSONReader.Malformed) {
        self = try JSONReader.read(bytes) { (reader) throws(JSONReader.Malformed) in try HTTPAPIResponse(reading: &reader) }
    }

    private init(reading reader: inout JSONReader) throws(JSONReader.Malformed) {
        var status: Int?
        self.init(statusCode: 0)
        try reader.object { (reader, name) throws(JSONReader.Malformed) in
            switch name {
            case "statusCode": status = try reader.integer()
            case "headers": headers = try reader.stringMap()
            case "cookies": cookies = try reader.strings()
            case "body": body = try reader.string()
            case "isBase64Encoded": isBase64Encoded = try reader.bool()
            default: throw reader.malformed
            }
        }
        guard let status else { throw reader.malformed }
        statusCode = status
    }
}
