/// Compiled time zone data (RFC 8536, version 2, slim) of the IANA release 2025b, in base64: FoundationEssentials has none, and a
/// deployed function's system may lack it. Made with `zic -b slim` from the release's `tzdata.zi`; cut to 1950 and later
/// (`-r @-631152000`) but for New York, whose price histories go further back.
enum TimeZoneData {
    /// `nil` for a zone that is not embedded: those of the exchanges that have a calendar, and some neighbours.
    static func base64(_ name: String) -> String? { americas(name) ?? europe(name) ?? asia(name) ?? others(name) }
}
