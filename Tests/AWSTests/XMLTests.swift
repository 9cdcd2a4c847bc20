import AWS
import Foundation
import TestVectors
import Testing

@Suite struct XMLTests {
    @Test func `Entities CDATA comments prefixes and attributes are read`() throws {
        let text =
            "\u{FEFF}<?xml version='1.0'?><!-- c --><ns:a x='>' y=\"/\"><b>1 &lt;&amp;&#x41;&#66; <![CDATA[<x>&]]></b><c/><b>2</b></ns:a>\n"
        let node = try XMLNode(parsing: Array(text.utf8))
        #expect(node.name == "a")
        #expect(node.all("b").map(\.text) == ["1 <&AB <x>&", "2"])
        #expect(node["c"] == "")
    }

    @Test(arguments: [
        "", "   ", "text", "<a>", "<a></b>", "<a><b></a></b>", "<a>&nope;</a>", "<a", "<a x='1", "<a/><b/>", "<a>&#xD800;</a>",
        "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a></a>tail", String(repeating: "<a>", count: 100),
    ])
    func `What is no document is rejected`(_ text: String) {
        #expect(throws: XMLPullParser.Malformed.self) { try XMLNode(parsing: Array(text.utf8)) }
    }

    @Test func `A listing is decoded only when it says so`() throws {
        func page(_ encoding: String) throws -> S3Page {
            let text =
                "<ListBucketResult><EncodingType>\(encoding)</EncodingType><IsTruncated>true</IsTruncated>"
                + "<NextContinuationToken>1/+=</NextContinuationToken><Contents><Key>a+b%2Bc%C3%BC</Key><Size>3</Size></Contents></ListBucketResult>"
            return try S3Page(parsing: Array(text.utf8))
        }
        #expect(try page("url").keys.map(\.key) == ["a b+cü"])
        #expect(try page("none").keys.map(\.key) == ["a+b%2Bc%C3%BC"])
        #expect(try page("url").continuation == "1/+=")
    }

    @Test(.enabled(if: Vectors.arePresent, "BELLWETHER_VECTORS is not set"))
    func `The samples of the service are read`() throws {
        let page = try S3Page(parsing: try Vectors.contract("s3/responses-s3-list-objects.xml"))
        #expect(page.keys.map(\.key) == ["key1", "key2"])
        #expect(page.keys.map(\.size) == [10000, 1234])
        #expect(page.keys[0].etag == "\"1d921b22129502cbbe5cbaf2c8bac682\"")
        let error = try XMLNode(parsing: try Vectors.contract("s3/errors-s3-list-objects.xml"))
        #expect(error["Code"] == "AccessDenied")
        struct Sample: Decodable {
            let name: String
            let body: String
        }
        for sample in try JSONDecoder().decode([Sample].self, from: Data(try Vectors.contract("s3/documented-error-bodies.json"))) {
            if !sample.body.isEmpty { _ = try XMLNode(parsing: Array(sample.body.utf8)) }
        }
    }

    @Test(.enabled(if: Vectors.arePresent, "BELLWETHER_VECTORS is not set"))
    func `SHA-256 matches the checksum vectors`() throws {
        struct File: Decodable {
            struct Object: Decodable { let input_base64, sha256: String }
            let objects: [Object]
        }
        for object in try JSONDecoder().decode(File.self, from: Data(try Vectors.contract("s3/checksum-vectors.json"))).objects {
            #expect(Digest.base64(Digest.sha256(try #require(Digest.bytes(base64: object.input_base64)))) == object.sha256)
        }
    }
}
