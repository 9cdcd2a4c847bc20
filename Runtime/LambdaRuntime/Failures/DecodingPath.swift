/// Describes where in the event a decoding error lies.
enum DecodingPath {
    /// Such as `$.Records[0].s3.bucket: no value for the key "name"`.
    static func describe(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "\(path(context)): no value for the key \"\(key.stringValue)\""
        case .valueNotFound(let type, let context): "\(path(context)): null where \(type) is needed"
        case .typeMismatch(let type, let context): "\(path(context)): not \(type)"
        case .dataCorrupted(let context): "\(path(context)): \(context.debugDescription)"
        @unknown default: String(describing: error)
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        context.codingPath.reduce(into: "$") { path, key in
            if let index = key.intValue { path += "[\(index)]" } else { path += ".\(key.stringValue)" }
        }
    }
}
