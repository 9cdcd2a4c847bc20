import Formats

/// A notification of S3. The test message that S3 sends when a notification is set up decodes to no records.
package struct S3Event: Codable, Hashable, Sendable {
    package var records: [S3EventRecord]

    package init(records: [S3EventRecord]) { self.records = records }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        if let records = try values.decodeIfPresent([S3EventRecord].self, forKey: .records) {
            self.records = records
        } else {
            let event = try values.decodeIfPresent(String.self, forKey: .event)
            guard event == "s3:TestEvent" else {
                throw DecodingError.keyNotFound(CodingKeys.records, .init(codingPath: decoder.codingPath, debugDescription: "no S3 event"))
            }
            records = []
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(records, forKey: .records)
    }

    private enum CodingKeys: String, CodingKey {
        case records = "Records"
        case event = "Event"
    }
}

/// One change of one object. Functions use the object's key only; any other member may be missing.
package struct S3EventRecord: Codable, Hashable, Sendable {
    package struct Entity: Codable, Hashable, Sendable {
        package struct Owner: Codable, Hashable, Sendable {
            package var principalId: String
            package init(principalId: String) { self.principalId = principalId }
        }

        package struct Bucket: Codable, Hashable, Sendable {
            package var name: String
            package var ownerIdentity: Owner?
            package var arn: String

            package init(name: String, ownerIdentity: Owner? = nil) {
                self.name = name
                self.ownerIdentity = ownerIdentity
                arn = "arn:aws:s3:::\(name)"
            }
        }

        package struct Object: Codable, Hashable, Sendable {
            /// Form-encoded: a blank is `+`.
            package var key: String
            /// Bytes; absent when the object was removed.
            package var size: Int64?
            package var versionId: String?
            /// Without quotes.
            package var eTag: String?
            /// Hexadecimal; compares as text after padding on the right.
            package var sequencer: String?

            /// - Parameter decodedKey: the key as it is in the bucket.
            package init(decodedKey: String, size: Int64?, versionId: String? = nil, eTag: String? = nil, sequencer: String? = nil) {
                key = PercentEncoding.encode(decodedKey, keeping: .form, blankAsPlus: true)
                self.size = size
                self.versionId = versionId
                self.eTag = eTag
                self.sequencer = sequencer
            }

            package init(from decoder: any Decoder) throws {
                let values = try decoder.container(keyedBy: CodingKeys.self)
                key = try values.decode(String.self, forKey: .key)
                (size, versionId) = (values.unused(.size), values.unused(.versionId))
                (eTag, sequencer) = (values.unused(.eTag), values.unused(.sequencer))
            }

            /// The key as it is in the bucket.
            package var decodedKey: String { PercentEncoding.decodedText(key, plusAsBlank: true) }
        }

        package var s3SchemaVersion: String?
        package var configurationId: String?
        package var bucket: Bucket?
        package var object: Object

        package init(configurationId: String, bucket: Bucket, object: Object) {
            s3SchemaVersion = "1.0"
            self.configurationId = configurationId
            self.bucket = bucket
            self.object = object
        }

        package init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            object = try values.decode(Object.self, forKey: .object)
            (s3SchemaVersion, configurationId) = (values.unused(.s3SchemaVersion), values.unused(.configurationId))
            bucket = values.unused(.bucket)
        }
    }

    package var eventVersion: String?
    package var eventSource: String?
    package var awsRegion: String?
    /// RFC 3339, UTC, milliseconds. Real time, not business time.
    package var eventTime: String?
    /// Such as `ObjectCreated:Put`.
    package var eventName: String?
    package var userIdentity: Entity.Owner?
    package var requestParameters: [String: String]?
    package var responseElements: [String: String]?
    package var s3: Entity

    package init(eventName: String, eventTime: String, awsRegion: String, s3: Entity) {
        eventVersion = "2.1"
        eventSource = "aws:s3"
        self.awsRegion = awsRegion
        self.eventTime = eventTime
        self.eventName = eventName
        userIdentity = Entity.Owner(principalId: "local")
        requestParameters = ["sourceIPAddress": "127.0.0.1"]
        responseElements = [:]
        self.s3 = s3
    }
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        s3 = try values.decode(Entity.self, forKey: .s3)
        (eventVersion, eventSource, awsRegion) = (values.unused(.eventVersion), values.unused(.eventSource), values.unused(.awsRegion))
        (eventTime, eventName, userIdentity) = (values.unused(.eventTime), values.unused(.eventName), values.unused(.userIdentity))
        (requestParameters, responseElements) = (values.unused(.requestParameters), values.unused(.responseElements))
    }
}
