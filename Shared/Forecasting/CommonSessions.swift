package import Market

/// The common sessions of instruments, some of which were listed late or delisted.
package enum CommonSessions {
    /// Sessions on which at least half of the instruments listed then have a row, ascending.
    ///
    /// An instrument is listed from its first row through its last. Sessions of fewer than a tenth of all instruments are left out, because after
    /// the last row of most instruments the others are too few to define a calendar.
    ///
    /// - Parameter rows: each instrument's sessions, ascending.
    package static func of(_ rows: [some BidirectionalCollection<SessionDate>]) -> [SessionDate] {
        var counts: [SessionDate: Int] = [:]
        for rows in rows { for session in rows { counts[session, default: 0] += 1 } }
        let firsts = rows.compactMap(\.first).sorted()
        let lasts = rows.compactMap(\.last).sorted()
        var (listed, delisted) = (0, 0)
        return counts.keys.sorted().filter { session in
            while listed < firsts.count, firsts[listed] <= session { listed += 1 }
            while delisted < lasts.count, lasts[delisted] < session { delisted += 1 }
            let count = counts[session] ?? 0
            return 2 * count >= listed - delisted && 10 * count >= rows.count
        }
    }
}
