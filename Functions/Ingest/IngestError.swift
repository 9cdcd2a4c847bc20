import Market

/// An event that Ingest cannot process.
enum IngestError: Error, Sendable, CustomStringConvertible {
    case unknownExchange(String)
    case unknownRun(String)
    case unknownSymbols([String])
    case invalidSymbols([String])
    case noSymbols
    case noSession(Instant)
    case unknownProvider(String, [String])
    case referenceDataInThePast(Instant, latest: Instant)
    case invalidHours(String, SessionDate, String)

    var description: String {
        switch self {
        case .unknownExchange(let mic): "there is no calendar for the exchange \"\(mic)\""
        case .unknownRun(let id): "there is no run \"\(id)\""
        case .unknownSymbols(let symbols):
            "unknown symbols: \(symbols.joined(separator: ", ")); add them to UNIVERSE, or give their \"exchange\" in the event"
        case .invalidSymbols(let symbols):
            "these are no symbols: \(symbols.joined(separator: ", ")); a symbol has 1 to 32 bytes without blanks and control characters"
        case .noSymbols: "the event's \"symbols\" is empty"
        case .unknownProvider(let name, let known): "PROVIDERS does not contain \"\(name)\"; it has \(known.joined(separator: ", "))"
        case .referenceDataInThePast(let time, let latest):
            "features as known at \(latest) exist, so reference data cannot become known at \(time): give a \"time\" after \(latest)"
        case .invalidHours(let exchange, let day, let hours):
            "\"\(hours)\" on \(day) at \(exchange) are no session hours: write 0930-1300, or 0900-1130,1230-1500 with a break, and no \"closed\""
        case .noSession(let time): "the calendar has no session before \(time)"
        }
    }
}

extension String {
    /// Whether an unknown instrument can be registered under this symbol: 1 to 32 bytes without blanks and control characters.
    var isUsableSymbol: Bool { (1...32).contains(utf8.count) && utf8.allSatisfy { $0 > 32 && $0 != 127 } }
}
