import Hashing
package import Market

/// One version of one session's features, as it is stored.
package struct FeatureRecord: Sendable {
    package let session: SessionDate
    /// The one-symbol features; NaN is missing.
    package let values: [Float]
    /// The log total return since the previous session; NaN for the first session.
    package let logReturn: Double
    /// Further numbers of the feature engine, in the order of `FeatureRow.Extra`: volatilities and inputs of the cross-section.
    package let extras: [Double]

    package init(session: SessionDate, values: [Float], logReturn: Double, extras: [Double]) {
        self.session = session
        self.values = values
        self.logReturn = logReturn
        self.extras = extras
    }

    /// Whether all numbers are equal; NaN equals NaN.
    func isSame(as other: FeatureRecord) -> Bool {
        values.count == other.values.count && extras.count == other.extras.count
            && (logReturn == other.logReturn || logReturn.isNaN && other.logReturn.isNaN)
            && zip(values, other.values).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
            && zip(extras, other.extras).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
    }
}

/// The features of one instrument as visible at an instant, ordered by session.
package struct FeatureTable: Sendable {
    package let instrument: String
    package internal(set) var sessions: [SessionDate] = []
    /// The number of values in a row: the one-symbol features, then the cross-sectional ones.
    package let width: Int
    /// `sessions.count` × `width`, row after row; NaN is missing.
    package internal(set) var values: [Float] = []
    package internal(set) var logReturns: [Double] = []
    /// `sessions.count` × `extrasWidth`, row after row.
    package internal(set) var extras: [Double] = []
    package internal(set) var extrasWidth = 0
    /// The latest `known_at` of the rows and cross-sections in the table.
    package internal(set) var latestKnown = Instant(microseconds: .min)
    /// FNV-1a over (session, known_at, sha256) of the rows, and the known_at and values of their cross-sections.
    var fingerprint = Fingerprint()

    /// Identifies the rows and versions of the table: 16 hexadecimal digits.
    package var dataVersion: String { fingerprint.description }
}

extension Sequence<FeatureTable> {
    /// Identifies the rows and versions of all tables: 16 hexadecimal digits.
    package var dataVersion: String {
        var fingerprint = Fingerprint()
        for table in self {
            fingerprint.add(table.instrument)
            fingerprint.add(table.dataVersion)
        }
        return fingerprint.description
    }
}

/// Tells versions of data apart by an FNV-1a hash.
struct Fingerprint: Sendable, CustomStringConvertible {
    private var hash = FNV1a64()

    mutating func add(_ text: String) {
        hash.add(text)
        hash.add(UInt8(0))
    }

    mutating func add(_ value: Int64) { hash.add(value) }

    /// 16 hexadecimal digits.
    var description: String { hash.hexadecimal }
}
