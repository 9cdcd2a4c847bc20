import FoundationEssentials
import HTTP

/// Parses the errors of AWS's JSON services: a code in `__type` or `x-amzn-ErrorType`, a message in `message` or `Message`.
enum JSONErrorResponse {
    private struct Body: Decodable {
        var type: String?
        var code: String?
        var lower: String?
        var upper: String?

        enum CodingKeys: String, CodingKey {
            case type = "__type"
            case code
            case lower = "message"
            case upper = "Message"
        }
    }

    @Sendable
    static func of(_ response: HTTPResponse) -> AWSError? {
        guard !response.isSuccess else { return nil }
        let body = try? JSONDecoder().decode(Body.self, from: Data(response.body))
        let named = response[header: "x-amzn-ErrorType"] ?? body?.type ?? body?.code ?? "HTTP\(response.status)"
        return AWSError(
            AWSErrorCode(bare(named)), body?.lower ?? body?.upper ?? "no further explanation", status: response.status,
            requestId: response[header: "x-amzn-RequestId"])
    }

    /// The code without its namespace and address: `com.amazonaws.sqs#QueueDoesNotExist:http://…` becomes `QueueDoesNotExist`.
    static func bare(_ name: String) -> String {
        let withoutAddress = name.prefix { $0 != ":" }
        return String(withoutAddress.split(separator: "#").last ?? withoutAddress)
    }
}
