import Foundation
import Testing

@testable import TrainFunction

@Suite struct TrainEventTests {
    @Test(arguments: ["9223372036854775807", "-1", "1001", "1.5"])
    func `A number of parts that no training has is an error`(_ part: String) {
        let json = Data(#"{"time":"2012-01-14T11:00:00Z","families":["lstm"],"part":\#(part)}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(TrainEvent.self, from: json) }
    }
}
