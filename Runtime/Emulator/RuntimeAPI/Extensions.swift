import Foundation
import HTTPServer

/// The registered extensions of one environment and their waiting `event/next` requests.
struct Extensions {
    private struct Member {
        let events: Set<String>
        var poll: ServerConnection?
    }

    private struct Registration: Decodable { let events: [String]? }

    private var members: [String: Member] = [:]

    /// Lambda sends SIGTERM before SIGKILL only to environments with extensions.
    var isEmpty: Bool { members.isEmpty }

    mutating func register(_ call: RuntimeCall, on connection: ServerConnection, function: FunctionDefinition) {
        let body = Data(call.request.body)
        let events = (try? JSONDecoder().decode(Registration.self, from: body))?.events ?? []
        let identifier = UUID().uuidString.lowercased()
        members[identifier] = Member(events: Set(events))
        connection.reply(
            200, headers: [("Lambda-Extension-Identifier", identifier)],
            text: #"{"functionName":"\#(function.name)","functionVersion":"$LATEST","handler":"\#(function.handler)"}"#)
    }

    mutating func poll(_ call: RuntimeCall, on connection: ServerConnection) {
        let identifier = call.request.header("lambda-extension-identifier") ?? ""
        guard members[identifier] != nil else {
            return connection.reject(
                403, "Extension.UnknownExtensionIdentifier", "Unknown extension \(identifier.prefix(64).filter(\.isLetter))")
        }
        members[identifier]?.poll = connection
    }

    /// Sends an event to every extension that registered for its type.
    mutating func send(_ type: String, json: String) {
        for (identifier, member) in members where member.events.contains(type) {
            member.poll?.reply(200, headers: [("Lambda-Extension-Event-Identifier", UUID().uuidString.lowercased())], text: json)
            members[identifier]?.poll = nil
        }
    }

    mutating func closed(_ connection: ServerConnection) {
        for (identifier, member) in members where member.poll === connection { members[identifier]?.poll = nil }
    }
}
