import Formats
import Market

extension PriceTable {
    /// Reads `date,symbol,open,high,low,close[,adj_close],volume`, with columns and lines in any order.
    ///
    /// With `adj_close`, each session's dividend is computed from the adjusted and the plain close, so that returns are total returns. Lines that fail a rule of `Validation` are left out and listed.
    ///
    /// - Throws: `PriceTable.FormatError` when a column is missing or no line can be used.
    package init(csv bytes: [UInt8]) throws(FormatError) {
        var reader = PriceTableReader()
        let error: FormatError? = bytes.withUnsafeBufferPointer { bytes in
            do throws(FormatError) {
                try reader.read(bytes)
                return nil
            } catch {
                return error
            }
        }
        if let error { throw error }
        self = reader.table()
        guard !series.isEmpty else {
            let reason = rejected.first.map { "no usable line; first: \($0)" }
            throw FormatError(description: reason ?? "the file has a header and no line below it")
        }
    }
}

private struct PriceTableReader {
    private struct Row {
        var observation: Observation
        var adjusted: Double
        var line: Int
    }

    private var rows: [String: [Row]] = [:]
    private var rejected: [PriceTable.RejectedLine] = []

    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(PriceTable.FormatError) {
        var lines = CSVReader(bytes)
        guard try lines.nextRecord() else { throw PriceTable.FormatError(description: "the file is empty") }
        let header = lines.header
        let places = try ["date", "symbol", "open", "high", "low", "close", "volume"].map { name throws(PriceTable.FormatError) in
            guard let place = header.firstIndex(of: name) else {
                throw PriceTable.FormatError(description: "the header lacks the column \(name); found \(header.joined(separator: ","))")
            }
            return place
        }
        let adjusted = header.firstIndex(of: "adj_close")
        var symbol = ""
        var series: [Row] = []
        while try lines.nextRecord() {
            guard lines.fields.count == header.count else {
                reject(lines.line, "field-count", "\(lines.fields.count) fields instead of \(header.count)")
                continue
            }
            if !lines[field: places[1]].elementsEqual(symbol.utf8) {
                if !series.isEmpty { rows[symbol, default: []] += series }
                series.removeAll(keepingCapacity: true)
                symbol = lines.trimmedText(places[1])
            }
            if let row = row(lines, places, adjusted, symbol) { series.append(row) }
        }
        if !series.isEmpty { rows[symbol, default: []] += series }
    }

    private mutating func row(_ lines: CSVReader, _ places: [Int], _ adjusted: Int?, _ symbol: String) -> Row? {
        guard !symbol.isEmpty else { return reject(lines.line, "no-symbol", "the symbol is empty") }
        guard let session = SessionDate(lines.trimmedText(places[0])) else {
            return reject(lines.line, ValidationRuleName.badDate, "\"\(lines.text(places[0]))\" is no date")
        }
        let values = places[2...].map { DecimalText.number(lines[field: $0]) }
        let candidate = RawBar(
            session: session, open: values[0], high: values[1], low: values[2], close: values[3], volume: values[4])
        if let violation = RowValidation.violations(of: candidate, calendar: nil, slack: 1e-4).first {
            return reject(lines.line, violation.rule, "\(symbol) \(session): \(violation.detail)")
        }
        guard let open = values[0], let high = values[1], let low = values[2], let close = values[3], let volume = values[4] else {
            return nil
        }
        var total = close
        if let adjusted {
            guard let value = DecimalText.number(lines[field: adjusted]), value > 0 else {
                return reject(lines.line, ValidationRuleName.nullField, "\(symbol) \(session): adj_close")
            }
            total = value
        }
        let observation = Observation(session: session, open: open, high: high, low: low, close: close, volume: volume)
        return Row(observation: observation, adjusted: total, line: lines.line)
    }

    @discardableResult
    private mutating func reject(_ line: Int, _ rule: String, _ detail: String) -> Row? {
        rejected.append(PriceTable.RejectedLine(line: line, rule: rule, detail: detail))
        return nil
    }

    mutating func table() -> PriceTable {
        var series: [PriceTable.Series] = []
        for symbol in rows.keys.sorted() {
            let sorted = (rows[symbol] ?? []).sorted { ($0.observation.session, $0.line) < ($1.observation.session, $1.line) }
            var observations: [Observation] = []
            observations.reserveCapacity(sorted.count)
            var previous: Row?
            for row in sorted {
                if previous?.observation.session == row.observation.session {
                    reject(row.line, ValidationRuleName.duplicateSession, "\(symbol) \(row.observation.session) is in the file twice")
                    continue
                }
                observations.append(withDividend(row, after: previous))
                previous = row
            }
            series.append(PriceTable.Series(symbol: symbol, observations: observations))
        }
        return PriceTable(series: series, rejected: rejected.sorted { $0.line < $1.line })
    }

    private func withDividend(_ row: Row, after previous: Row?) -> Observation {
        guard let previous else { return row.observation }
        let bar = row.observation
        let cash = Adjustment.dividend(
            close: bar.close, adjusted: row.adjusted, previousClose: previous.observation.close, previousAdjusted: previous.adjusted)
        return Observation(
            session: bar.session, open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume, dividend: cash)
    }
}
