import FoundationEssentials
import Market
import Providers
import Store

/// An uploaded file with prices, which takes the place of a provider's response:
///
/// ```json
/// {"time": "2012-06-01T23:00:00Z", "import": {
///   "provider": "csv", "symbol": "ACME", "exchange": "XNAS", "file": "acme.csv", "body": "date,open,high,low,close,volume\n…"}}
/// ```
package struct UploadedFile: Decodable, Sendable, Equatable {
    /// The kinds of responses that contain no daily bars.
    static let unsupportedKinds: Set = ["intraday", "quote"]

    /// The file format, one of `SourcePrecedence.fileFormats`.
    let provider: String
    /// The kind of data in the file, such as `splits`; nil for daily bars.
    var kind: String?
    /// A symbol or an instrument's id.
    let symbol: String
    /// The exchange of an unknown symbol, which is then registered. A symbol that is known on another exchange is an error.
    var exchange: String?
    /// The currency of an unknown symbol; nil for the exchange's currency.
    var currency: String?
    /// The file's name, stored as the origin of the bytes.
    var file: String?
    let body: String
}

/// The result of an import: the archived object and the number of its rows. Featurize projects the object afterwards.
package struct FileImportSummary: Encodable, Sendable {
    let instrument, object: String
    /// False if the same bytes were imported at the same time before.
    let isNew: Bool
    /// The number of bars of closed sessions, of provisional bars, of actions, and of unreadable rows.
    let bars, provisional, actions, unreadable: Int
    /// The first and last session of any row; nil without a dated row.
    let from, to: SessionDate?

    private enum CodingKeys: String, CodingKey {
        case instrument, object, isNew = "is_new", bars, provisional, actions, unreadable, from, to
    }

    init(_ parsed: ParsedResponse, instrument: String, object: String, isNew: Bool) {
        self.instrument = instrument
        self.object = object
        self.isNew = isNew
        let sessions = (parsed.bars + parsed.adjusted + parsed.provisional).map(\.session) + parsed.flaggedRows.compactMap(\.session)
        (from, to) = (sessions.min(), sessions.max())
        bars = parsed.bars.count + parsed.adjusted.count
        provisional = parsed.provisional.count
        actions = parsed.actions.count
        let rejected = parsed.flaggedRows.filter(\.repairs.isEmpty)
        unreadable = Set(rejected.map(\.ordinal)).count + rejected.reduce(0) { $0 + $1.omitted }
    }
}

/// A file that cannot be imported.
enum FileImportError: Error, Sendable, CustomStringConvertible {
    case unknownFormat(String)
    case unknownKind(String, format: String)
    case unknownSymbol(String)
    case invalidSymbol(String)
    case listedElsewhere(String, Instrument, exchange: String)
    case unreadable(String, ProviderError)

    var description: String {
        switch self {
        case .unknownFormat(let name):
            "\"\(name)\" is no file format; there are \(SourcePrecedence.fileFormats.joined(separator: ", "))"
        case .unknownKind(let kind, let format): "the format \(format) has no kind \"\(kind)\""
        case .unknownSymbol(let symbol):
            "the symbol \"\(symbol)\" is unknown: give its exchange as a MIC (\"exchange\" in the event, --exchange of the command)"
        case .invalidSymbol(let symbol): "\"\(symbol)\" is no valid symbol for a new instrument"
        case .listedElsewhere(let symbol, let known, let exchange):
            "\(symbol) is \(known.id), which is not on \(exchange): import it as \(known.id) without an exchange"
        case .unreadable(let format, let error): "the file cannot be read as \(format): \(error)"
        }
    }
}
