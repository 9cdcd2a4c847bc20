import Foundation
import NIOCore
import NIOHTTP1

/// The extensions that processes of one environment registered, and their waiting `event/next` calls.
struct Extensions {
    private struct Member {
        let events: Set<String>
        var poll: RuntimeConnection?
    }

    private struct Registration: Decodable { let events: [String]? }

    private var members: [String: Member] = [:]

    /// Lambda sends SIGTERM before SIGKILL only when there is an extension.
    var isEmpty: Bool { members.isEmpty }

    mutating func register(_ call: RuntimeCall, on connection: RuntimeConnection, function: FunctionDefinition) {
        let body = Data(call.body.readableBytesView)
        let events = (try? JSONDecoder().decode(Registration.self, from: body))?.events ?? []
        let identifier = UUID().uuidString.lowercased()
        members[identifier] = Member(events: Set(events))
        connection.reply(
            .ok, headers: [("Lambda-Extension-Identifier", identifier)],
            text: #"{"functionName":"\#(function.name)","functionVersion":"$LATEST","handler":"\#(function.handler)"}"#)
    }

    mutating func poll(_ call: RuntimeCall, on connection: RuntimeConnection) {
        let identifier = call.headers.first(name: "Lambda-Extension-Identifier") ?? ""
        guard members[identifier] != nil else {
            return connection.refuse(
                .forbidden, "Extension.UnknownExtensionIdentifier", "Unknown extension \(identifier.prefix(64).filter(\.isLetter))")
        }
        members[identifier]?.poll = connection
    }

    /// Answers every waiting poll that asked for events of this type.
    mutating func send(_ type: String, json: String) {
        for (identifier, member) in members where member.events.contains(type) {
            member.poll?.reply(.ok, headers: [("Lambda-Extension-Event-Identifier", UUID().uuidString.lowercased())], text: json)
            members[identifier]?.poll = nil
        }
    }

    mutating func closed(_ connection: RuntimeConnection) {
        for (identifier, member) in members where member.poll === connection { members[identifier]?.poll = nil }
    }
}
