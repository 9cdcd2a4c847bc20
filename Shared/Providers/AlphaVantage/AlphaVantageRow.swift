import Formats
import Market

extension AlphaVantageTable {
    /// One row of a series: its stamp and its figures.
    struct Row {
        private enum Source {
            case json(JSONView)
            case csv(CSVTable, row: Int, date: Int)
        }

        let stamp: String
        private let source: Source
        private(set) var fields = BarFields(open: nil, high: nil, low: nil, close: nil, volume: nil)
        private(set) var splitFactor, dividend: Double?
        /// The labels that the row has, as bits.
        private var seen: UInt8 = 0

        /// - Parameter labels: the labels of the names in the rows before, which have the same ones.
        init(stamp: String, _ row: JSONView, _ labels: inout [String: String]) {
            self.stamp = stamp
            source = .json(row)
            guard let members = row.members else { return }
            for member in members {
                let key = member.key
                let label = labels[key] ?? AlphaVantageTable.label(key)
                if labels.count < 100 { labels[key] = label }
                set(label, member.value)
            }
        }

        init(_ table: CSVTable, row: Int, date: Int) {
            stamp = table.text(row, date)
            source = .csv(table, row: row, date: date)
            let number = { (name: String) in table.column(name).flatMap { DecimalText.number(table.text(row, $0)) } }
            fields = BarFields(
                open: number("open"), high: number("high"), low: number("low"), close: number("close"), volume: number("volume"))
            (splitFactor, dividend) = (number("splitcoefficient"), number("dividendamount"))
        }

        /// Of several fields with one label, such as the prices in two currencies, the first counts.
        private mutating func set(_ label: String, _ value: JSONView) {
            guard let field = Self.labels.firstIndex(of: label), seen & 1 << field == 0 else { return }
            seen |= 1 << field
            switch field {
            case 0: fields.open = value.number
            case 1: fields.high = value.number
            case 2: fields.low = value.number
            case 3: fields.close = value.number
            case 4: fields.volume = value.number
            case 5: splitFactor = value.number
            default: dividend = value.number
            }
        }

        private static let labels = ["open", "high", "low", "close", "volume", "splitcoefficient", "dividendamount"]

        /// The stamp and the fields as the provider sent them, separated by commas.
        var text: String {
            let texts =
                switch source {
                case .json(let row): row.members?.map { $0.value.string ?? $0.value.double.map { "\($0)" } ?? "" } ?? []
                case .csv(let table, let row, let date): table.names.indices.filter { $0 != date }.map { table.text(row, $0) }
                }
            return ([stamp] + texts).joined(separator: ",")
        }
    }
}
