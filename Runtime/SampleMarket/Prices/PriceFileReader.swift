import Market

/// Reads `prices.txt`: bars as differences in the encoded polyline format; the file's header explains the layout.
struct PriceFileReader {
    private let file: String
    private var line = 0
    private var series: [(instrument: Instrument, bars: [Bar])] = []
    private var session: Int64 = 0
    /// Hundredths of a cent.
    private var close: Int64 = 0

    static func read(_ text: [UInt8], file: String) throws(SampleDataError) -> [(instrument: Instrument, bars: [Bar])] {
        var reader = PriceFileReader(file: file)
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) { try reader.read(line) }
        guard !reader.series.isEmpty else { throw reader.error("it has no series") }
        return reader.series
    }

    private init(file: String) { self.file = file }

    private mutating func read(_ text: ArraySlice<UInt8>) throws(SampleDataError) {
        line += 1
        switch text.first {
        case nil, UInt8(ascii: "#"): return
        case UInt8(ascii: ">"): try open(String(decoding: text, as: UTF8.self))
        case UInt8(ascii: "*"): try append(text.dropFirst(), unit: 1)
        default: try append(text, unit: 100)
        }
    }

    private mutating func open(_ heading: String) throws(SampleDataError) {
        let parts = heading.split(separator: " ", maxSplits: 3).map(String.init)
        guard parts.count == 4 else { throw error("expected “> symbol exchange name”") }
        let (symbol, exchange) = (parts[1], parts[2])
        let instrument = Instrument(
            id: "\(exchange):\(symbol)", symbol: symbol, exchange: exchange, currency: "USD", name: parts[3])
        series.append((instrument, []))
        (session, close) = (0, 0)
    }

    private mutating func append(_ text: ArraySlice<UInt8>, unit: Int64) throws(SampleDataError) {
        let numbers = try unpack(text)
        guard numbers.count == 6, !series.isEmpty else { throw error("expected six numbers in a series") }
        session += numbers[0]
        let open = close + numbers[1] * unit
        close = open + numbers[2] * unit
        let high = max(open, close) + numbers[3] * unit
        let low = min(open, close) - numbers[4] * unit
        guard let day = Int32(exactly: session), day >= 0, let first = price(open), let top = price(high), let bottom = price(low),
            let last = price(close), numbers[5] >= 0
        else { throw error("a figure is out of range") }
        series[series.count - 1].bars.append(
            Bar(session: SessionDate(day: day), open: first, high: top, low: bottom, close: last, volume: Double(numbers[5])))
    }

    /// A price of hundredths of a cent; nil for none above zero.
    private func price(_ hundredths: Int64) -> Price? { Price(Double(hundredths) / 1e4) }

    /// Decodes zigzag numbers: five bits per character, starting at `?`, least significant first.
    private func unpack(_ text: ArraySlice<UInt8>) throws(SampleDataError) -> [Int64] {
        var numbers: [Int64] = []
        var bits: Int64 = 0
        var shift: Int64 = 0
        for byte in text {
            guard (63...126).contains(byte), shift < 60 else { throw error("not the encoded polyline format") }
            let chunk = Int64(byte - 63)
            bits |= (chunk & 31) << shift
            shift += 5
            if chunk & 32 == 0 {
                numbers.append(bits >> 1 ^ -(bits & 1))
                (bits, shift) = (0, 0)
            }
        }
        guard shift == 0 else { throw error("a number is cut off") }
        return numbers
    }

    private func error(_ reason: String) -> SampleDataError { SampleDataError(file: file, line: line, reason: reason) }
}
