import Formats
import HTTPServer

/// The identifiers in the request context: API id, request ids, trace ids, ARNs, times.
enum GatewayIdentifiers {
    static let apiID = "local"

    /// A random request id of sixteen characters, as HTTP APIs make them.
    static func requestID() -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var bits = UInt64.random(in: .min ... .max)
        var more = UInt64.random(in: .min ... .max)
        var text: [UInt8] = []
        for index in 0..<15 {
            if index == 10 { swap(&bits, &more) }
            text.append(letters[Int(truncatingIfNeeded: bits & 63)])
            bits >>= 6
        }
        return String(decoding: text, as: UTF8.self) + "="
    }

    static func routeARN(_ request: ServerRequest) -> String {
        "arn:aws:execute-api:\(PseudoParameter.region):\(PseudoParameter.account):\(apiID)/$default/\(request.method)\(request.path)"
    }

    /// The time in common log format, such as `12/Mar/2020:19:03:58 +0000`.
    static func logTime(_ time: VirtualTime) -> String {
        let time = UTCTime(secondsSince1970: time.seconds)
        let month = CivilDate.monthAbbreviations[time.date.month - 1]
        return "\(DecimalText.padded(time.date.day, to: 2))/\(month)/\(time.date.year):\(time.clock) +0000"
    }
}
