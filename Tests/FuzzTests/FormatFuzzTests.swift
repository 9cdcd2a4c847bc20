import AWS
import Formats
import Foundation
import HTTP
import Market
import Testing

@Suite struct FormatFuzzTests {
    @Test func `Dates and times`() throws {
        try Fuzzing.run(
            seed: 1,
            texts: [
                "Sun, 06 Nov 1994 08:49:37 GMT", "2012-01-03T21:00:00.123456Z", "2012-01-03T21:00:00+05:30", "2012-01-03",
                "20150830T123600Z",
                "2021-09-16 15:59:00", "120", "1e9", "Fri, 31 Dec 9999 23:59:60 GMT",
            ]
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            _ = HTTPDate.seconds(text)
            if let pause = RetryAfter.seconds(text, date: text, now: 0) { #expect((0...RetryAfter.longest).contains(pause)) }
            if let instant = Instant(text) { #expect(Instant(instant.description) == instant) }
            if let date = SessionDate(text) { #expect(SessionDate(date.description) == date) }
            _ = Instant(asOf: text, now: Instant(seconds: 0))
            _ = SigningTime(text)?.stamp
            _ = MarketTimeZone("America/New_York")?.instant(localTime: text)
            if let number = Double(text) { _ = Instant(epochSeconds: number) }
            if let number = Int64(text) { _ = Instant(epochMilliseconds: number) }
        }
    }

    @Test func `JSON is read alike as a tree and where it lies`() throws {
        try Fuzzing.run(
            seed: 2,
            texts: [
                #" {"a":[1,-2.5e1,null],"b":{"c":"\u00e9\ud83d\ude00\n"},"d":true,"e":[],"f":["x",null,2]} "#, "[1,null,3]",
                #"[{"date":"2012-01-03","open":1.5},{"date":"é","open":"2"}]"#, #"{"k":{"k":{"k":[[[]]]}},"k\u0041":0}"#,
            ]
        ) { bytes in
            let tree = try? JSONValue(parsing: bytes, acceptsNonFinite: true)
            let view = try? JSONView(parsing: bytes, acceptsNonFinite: true)
            #expect((tree == nil) == (view == nil), "\(String(decoding: bytes, as: UTF8.self))")
            if let tree, let view { #expect(isSame(tree, view), "\(String(decoding: bytes, as: UTF8.self))") }
        }
    }

    private func isSame(_ tree: JSONValue, _ view: JSONView) -> Bool {
        switch tree {
        case .null: return view.isNull
        case .bool(let value): return view.bool == value
        case .number(let value): return view.double == value
        case .string(let text): return view.string == text
        case .numbers(let numbers):
            let read = view.numbers { _ in nil } ?? []
            return read.count == numbers.count && zip(read, numbers).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
        case .array(let elements):
            let read = view.elements ?? []
            return read.count == elements.count && zip(elements, read).allSatisfy { isSame($0, $1) }
        case .object(let members):
            let read = view.members.map { Array($0) } ?? []
            return read.count == members.count && zip(members, read).allSatisfy { $0.key == $1.key && isSame($0.value, $1.value) }
                && members.allSatisfy { member in
                    tree[member.key].map { first in view[member.key].map { isSame(first, $0) } ?? false } ?? false
                }
        }
    }

    @Test func `Separated fields`() throws {
        try Fuzzing.run(
            seed: 3, texts: ["date,open\n2012-01-03,1.5\r\n\"a,\"\"b\",2\r", "a;b\n\n# comment\n 1 ; \"x\"\n", "a\tb\n1,5\t\"2\n3\"\n"]
        ) { bytes in
            bytes.withUnsafeBufferPointer { buffer in
                var reader = CSVReader(buffer, separator: CSVReader.separator(of: bytes) ?? UInt8(ascii: ","), comment: UInt8(ascii: "#"))
                do throws(CSVReader.Malformed) {
                    while try reader.next() { for index in reader.fields.indices { _ = reader.text(index) } }
                } catch { #expect(error.line > 0) }
            }
        }
    }

    @Test func `Listings of S3`() throws {
        let page = """
            <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>\
            <EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>t&amp;1</NextContinuationToken>\
            <Contents><Key>raw%2Fa+b</Key><Size>5</Size><ETag>&#34;e&#x22;</ETag></Contents><CommonPrefixes><Prefix>p/</Prefix>\
            </CommonPrefixes><!-- c --><![CDATA[x]]></ListBucketResult>
            """
        try Fuzzing.run(seed: 4, texts: [page]) { bytes in
            do throws(AWSError) { _ = try S3Page(parsing: bytes) } catch { #expect(error.code == .unreadableResponse) }
        }
    }

    @Test func `Addresses and percent-encoding`() throws {
        try Fuzzing.run(seed: 5, texts: ["http://127.0.0.1:9000/a%20b?x=1#f", "https://[::1]:443/", "raw/yahoo%2Fchart+1"]) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if let address = WebAddress(text) { _ = (address.isLoopback, address.host, address.origin) }
            _ = PercentEncoding.decode(text, plusAsBlank: true)
            #expect(PercentEncoding.decode(PercentEncoding.encode(bytes)) == bytes)
        }
    }
}
