import Formats
import Testing

@Suite struct `Dates, escapes and numbers as text` {
    @Test func `Every date of eleven centuries survives its day number`() {
        for days in stride(from: -200_000, through: 200_000, by: 97) { #expect(CivilDate(days: days).days == days) }
        #expect(CivilDate(year: 2000, month: 2, day: 29).days == 11_016)
        #expect(CivilDate(days: 0).isoWeekday == 4)
        #expect(CivilDate(days: -4).isoWeekday == 7)
        #expect((-9 ... -3).map { CivilDate.isoWeekday(days: $0) } == [2, 3, 4, 5, 6, 7, 1])
        #expect(CivilDate(year: 2012, month: 1, day: 3).description == "2012-01-03")
        #expect(CivilDate.length(ofMonth: 2, year: 1900) == 28)
    }

    @Test func `Moments before and after 1970`() {
        #expect(UTCTime(secondsSince1970: -1).rfc3339 == "1969-12-31T23:59:59Z")
        #expect(UTCTime.rfc3339(milliseconds: -1) == "1969-12-31T23:59:59.999Z")
        #expect(UTCTime.rfc3339(milliseconds: 0) == "1970-01-01T00:00:00.000Z")
        #expect(UTCTime.rfc3339(milliseconds: 1_325_629_800_123) == "2012-01-03T22:30:00.123Z")
        #expect(UTCTime.rfc3339(milliseconds: 951_782_400_000) == "2000-02-29T00:00:00.000Z")
    }

    @Test func `Dates of HTTP`() {
        #expect(HTTPDate.seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(HTTPDate.seconds("Fri, 31 Dec 9999 23:59:60 GMT") == 253_402_300_800)
        for text in [
            "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 0000 08:49:37 GMT", "Sun, 06 Nov 10000 08:49:37 GMT",
            "Sun, 06 Nov 999999999999 08:49:37 GMT", "Sun, 06 Nov \(Int.max) 08:49:37 GMT", "Sun, 06 Nov 1994 \(Int64.max):49:37 GMT",
            "Sun, 06 Novembre 1994 08:49:37 GMT", "06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "Sun Nov  6 08:49:37 1994",
        ] {
            #expect(HTTPDate.seconds(text) == nil, "\(text)")
        }
    }

    @Test func `Retry-After in seconds, as a date, and in other words`() {
        #expect(RetryAfter.seconds("120", date: nil, now: 0) == 120)
        #expect(RetryAfter.seconds("-3", date: nil, now: 0) == 0)
        #expect(RetryAfter.seconds("1e9", date: nil, now: 0) == 86_400)
        let asked = "Sun, 06 Nov 1994 08:49:37 GMT"
        #expect(RetryAfter.seconds(asked, date: nil, now: 784_111_777 - 30) == 30)
        #expect(RetryAfter.seconds(asked, date: "Sun, 06 Nov 1994 08:49:27 GMT", now: 0) == 10)
        #expect(RetryAfter.seconds("soon", date: nil, now: 0) == nil)
        #expect(RetryAfter.seconds(nil, date: nil, now: 0) == nil)
    }

    @Test func `Months have English names of three letters in any case`() {
        #expect(["Jan", "feb", "DEC"].map { CivilDate.month(abbreviation: $0) } == [1, 2, 12])
        #expect(["", "J", "January", "Foo"].allSatisfy { CivilDate.month(abbreviation: $0) == nil })
    }

    @Test func `Hexadecimal text is read as bytes`() {
        #expect(Hexadecimal.bytes("00fFA1") == [0, 255, 161])
        #expect(Hexadecimal.bytes("") == [])
        #expect(["0", "0g", "é0", " 00"].allSatisfy { Hexadecimal.bytes($0) == nil })
    }

    @Test func `Percent-encoding keeps the bytes of its set`() {
        #expect(PercentEncoding.encode("^GSPC/a b~é") == "%5EGSPC%2Fa%20b~%C3%A9")
        #expect(PercentEncoding.encode("a/b c", keeping: .path) == "a/b%20c")
        #expect(PercentEncoding.encode("a/b c*~", keeping: .form, blankAsPlus: true) == "a/b+c*%7E")
        #expect(PercentEncoding.decodedText("a+b%2Bc%zz%", plusAsBlank: true) == "a b+c%zz%")
        #expect(PercentEncoding.decodedText("a+b%2") == "a+b%2")
    }

    @Test(
        arguments: [
            ("1.5", 1.5), (" -0.25 ", -0.25), ("\t7.5 \t", 7.5), ("\t", nil), ("1e3", 1000),
            ("123456789012345678", 123_456_789_012_345_680), ("0.1", 0.1), ("", nil),
            ("-", nil),
            ("1,5", nil), ("nan", nil), ("inf", nil), ("9007199254740993", 9_007_199_254_740_992),
        ] as [(String, Double?)])
    func `Decimal text is the nearest double`(_ text: String, _ number: Double?) {
        #expect(Array(text.utf8).withUnsafeBufferPointer { DecimalText.number($0) } == number)
    }

    @Test(arguments: ["102.9188\0junk", "14\0", "0x64", "0x1p3", "1_0", "infinity", "nan"])
    func `Text that only Swift reads as a number is none`(_ text: String) {
        #expect(Array(text.utf8).withUnsafeBufferPointer(DecimalText.number) == nil)
    }

    @Test(arguments: [
        "2013-02-30T00:00:00Z", "2013-02-28T24:00:00Z", "2013-02-28T05:99:00Z", "20131-02-28T00:00:00Z", "2013-02-28T00:00:00",
        "0000-00-00T00:00:00Z",
    ])
    func `A time that does not exist is no time`(_ text: String) { #expect(UTCTime.microseconds(rfc3339: text) == nil) }

    @Test func `A time is read with any offset and case`() {
        #expect(UTCTime.microseconds(rfc3339: "2012-01-03t21:00:00.25z") == 1_325_624_400_250_000)
        #expect(UTCTime.microseconds(rfc3339: "2012-01-03T22:00:00.25+01:00") == 1_325_624_400_250_000)
    }
}
