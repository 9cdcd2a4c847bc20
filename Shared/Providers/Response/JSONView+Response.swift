import Formats

extension JSONView {
    /// Parses a provider's response; bare `NaN` and `Infinity` are read as null, so that only their own rows are quarantined. nil for bytes
    /// that are not JSON.
    ///
    /// - Throws: `malformed` for JSON with a list or a text beyond the limits.
    init?(response bytes: [UInt8], limit: ResponseLimit) throws(ProviderError) {
        let limits = JSONReader.Limits(elements: limit.rows, textBytes: ResponseLimit.textBytes)
        do throws(JSONReader.Malformed) {
            try self.init(parsing: bytes, acceptsNonFinite: true, limits: limits)
        } catch {
            switch error.excess {
            case .elements: throw limit.tooManyRows
            case .textBytes: throw ResponseLimit.tooLongText
            case nil: return nil
            }
        }
    }

    /// The number of a number or a string; in strings, blanks around the number and commas between thousands are allowed.
    var number: Double? { double ?? string.flatMap { DecimalText.number($0) } }

    /// The elements of an array of numbers, nulls (NaN) or strings with numbers; empty for an empty array.
    var numbers: [Double]? { numbers { DecimalText.number($0) } }
}
