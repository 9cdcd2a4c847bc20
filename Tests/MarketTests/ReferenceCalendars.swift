import Foundation
import Market
import Testing

/// The Python package `exchange_calendars`, the reference for trading calendars. The environment variable
/// `BELLWETHER_EXCHANGE_CALENDARS` names a Python that has it; without one the comparison is skipped loudly.
enum ReferenceCalendars {
    static let python: String? = {
        let path = ProcessInfo.processInfo.environment["BELLWETHER_EXCHANGE_CALENDARS"]
        if path == nil { print("SKIPPED: BELLWETHER_EXCHANGE_CALENDARS names no Python with exchange_calendars 4, so no comparison") }
        return path
    }()

    /// For each exchange a line `MIC first last` in days, then one for each session: `day open close [break-start break-end]` in days and
    /// seconds since 1970, from 1990 to 2030 as far as the package defines them.
    private static let script = """
        import sys, warnings
        warnings.filterwarnings("ignore")
        import pandas as pd
        from exchange_calendars.calendar_utils import _default_calendar_factories as factories
        day = lambda stamp: (stamp - pd.Timestamp("1970-01-01")).days
        second = lambda stamp: "" if pd.isna(stamp) else int(stamp.timestamp())
        for mic in sys.argv[1:]:
            kind = factories[mic]
            bound = kind.bound_max() or pd.Timestamp("2100-01-01")
            first = max(pd.Timestamp("1990-01-01"), kind.bound_min() or pd.Timestamp("1900-01-01"))
            last = min(pd.Timestamp("2030-12-31"), bound)
            print(mic, day(first), day(last))
            # The last session of a range can have the hours of the first one after it.
            table = kind(start=first, end=min(pd.Timestamp("2031-12-31"), bound)).schedule[:last]
            for date, row in zip(table.index, zip(table["open"], table["close"], table["break_start"], table["break_end"])):
                print(day(date), *map(second, row))
        """

    struct Session: Hashable {
        let day: Int
        let open, close: Int
        let lunch: [Int]
    }

    struct Exchange {
        let mic: String
        let first, last: SessionDate
        var sessions: [Session] = []
    }

    static func exchanges(_ mics: [String]) throws -> [Exchange] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(python))
        process.arguments = ["-c", script] + mics
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        var exchanges: [Exchange] = []
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: " ")
            let numbers = fields.compactMap { Int($0) }
            if numbers.count < fields.count, numbers.count == 2 {
                let (first, last) = (SessionDate(day: Int32(numbers[0])), SessionDate(day: Int32(numbers[1])))
                exchanges.append(Exchange(mic: String(fields[0]), first: first, last: last))
            } else {
                let session = Session(day: numbers[0], open: numbers[1], close: numbers[2], lunch: Array(numbers.dropFirst(3)))
                exchanges[exchanges.count - 1].sessions.append(session)
            }
        }
        return exchanges
    }
}
