import Formats
import FoundationEssentials
package import HTTP

/// Reads and removes messages of SQS queues.
package final class SQSClient: Sendable {
    /// One received message. Until its visibility timeout ends no other client receives it.
    package struct Message: Sendable, Hashable {
        package let id: String
        /// Names one receipt of a message in later calls.
        package typealias Receipt = String

        package let receipt: Receipt
        package let body: String
        /// The text of each message attribute, by name.
        package let attributes: [String: String]
        /// Milliseconds since 1970 when the message was sent; nil when SQS does not say.
        package let sentAt: Int64?
    }

    private struct Received: Decodable {
        struct Attribute: Decodable {
            let value: String?
            enum CodingKeys: String, CodingKey { case value = "StringValue" }
        }

        struct Message: Decodable {
            let id, receipt, body: String
            let attributes: [String: Attribute]?
            let system: [String: String]?

            enum CodingKeys: String, CodingKey {
                case id = "MessageId", receipt = "ReceiptHandle", body = "Body", attributes = "MessageAttributes", system = "Attributes"
            }
        }

        let messages: [Message]?
        enum CodingKeys: String, CodingKey { case messages = "Messages" }
    }

    private struct Queue: Decodable {
        let url: String
        enum CodingKeys: String, CodingKey { case url = "QueueUrl" }
    }

    private struct Attributes: Decodable {
        let values: [String: String]?
        enum CodingKeys: String, CodingKey { case values = "Attributes" }
    }

    private struct Parameters: Encodable {
        var queueName, queueURL, receipt: String?
        var maximum, visibility, wait: Int?
        var attributes, system: [String]?

        enum CodingKeys: String, CodingKey {
            case queueName = "QueueName", queueURL = "QueueUrl", receipt = "ReceiptHandle", maximum = "MaxNumberOfMessages"
            case visibility = "VisibilityTimeout", wait = "WaitTimeSeconds", attributes = "MessageAttributeNames", system = "AttributeNames"
        }
    }

    private let endpoint: AWSEndpoint
    private let client: AWSClient

    /// - Parameter environment: `AWS_REGION`, `AWS_ENDPOINT_URL_SQS` or `AWS_ENDPOINT_URL`, and the credentials.
    package init(_ http: HTTPClient, environment: [String: String]) {
        endpoint = AWSEndpoint(service: "sqs", variable: "SQS", environment)
        client = AWSClient(http, environment: environment)
    }

    /// The address of a queue of this account and region.
    package func queueURL(_ name: String) async throws(AWSError) -> String {
        try await call("GetQueueUrl", Parameters(queueName: name), as: Queue.self).url
    }

    /// Receives up to ten messages and hides them for `visibility` seconds; empty when the queue has none for a second.
    package func receive(_ queue: String, visibility: Int) async throws(AWSError) -> [Message] {
        let parameters = Parameters(
            queueURL: queue, maximum: 10, visibility: visibility, wait: 1, attributes: ["All"], system: ["SentTimestamp"])
        return try await call("ReceiveMessage", parameters, as: Received.self).messages?.map { message in
            Message(
                id: message.id, receipt: message.receipt, body: message.body,
                attributes: message.attributes?.compactMapValues(\.value) ?? [:],
                sentAt: message.system?["SentTimestamp"].flatMap { Int64($0) })
        } ?? []
    }

    /// Removes a received message from its queue.
    package func delete(_ message: Message, from queue: String) async throws(AWSError) {
        _ = try await send("DeleteMessage", Parameters(queueURL: queue, receipt: message.receipt))
    }

    /// Makes a received message visible to others again.
    package func release(_ receipt: Message.Receipt, of queue: String) async throws(AWSError) {
        _ = try await send("ChangeMessageVisibility", Parameters(queueURL: queue, receipt: receipt, visibility: 0))
    }

    /// About how many messages were received by anyone and are not visible again yet.
    package func hiddenCount(_ queue: String) async throws(AWSError) -> Int {
        let name = "ApproximateNumberOfMessagesNotVisible"
        let parameters = Parameters(queueURL: queue, system: [name])
        return try await call("GetQueueAttributes", parameters, as: Attributes.self).values?[name].flatMap { Int($0) } ?? 0
    }

    private func call<Document: Decodable>(
        _ action: String, _ parameters: Parameters, as type: Document.Type
    ) async throws(AWSError) -> Document {
        let response = try await send(action, parameters)
        guard let document = try? JSONDecoder().decode(type, from: Data(response.body)) else {
            throw AWSError(.unreadableResponse, "\(action) did not respond with JSON", status: response.status)
        }
        return document
    }

    private func send(_ action: String, _ parameters: Parameters) async throws(AWSError) -> HTTPResponse {
        guard let body = try? JSONEncoder().encode(parameters) else { throw AWSError(.invalidRequest, "a parameter is no text") }
        let headers: [(name: String, value: String)] = [
            ("X-Amz-Target", "AmazonSQS.\(action)"), ("Content-Type", "application/x-amz-json-1.0"),
        ]
        let request = HTTPRequest("POST", endpoint.url + "/", headers: headers, body: Array(body), maximumBytes: 8 << 20)
        return try await client.send(
            request, service: "sqs", region: endpoint.region, deadline: .now + .seconds(30), error: JSONErrorResponse.of)
    }
}
