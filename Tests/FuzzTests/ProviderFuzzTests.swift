import Foundation
import Market
import Providers
import Testing

/// A provider's kind with a sample of each form of its responses.
struct ProviderSample: CustomTestStringConvertible {
    let name: String
    let kind: String?
    let bodies: [String]

    init(_ name: String, _ kind: String? = nil, _ bodies: String...) { (self.name, self.kind, self.bodies) = (name, kind, bodies) }

    var testDescription: String { "\(name) \(kind ?? "daily")" }

    static let all = [
        ProviderSample(
            "yahoo", nil,
            #"""
            {"chart":{"result":[{"meta":{"currency":"GBp","exchangeTimezoneName":"Europe/London","gmtoffset":0,"dataGranularity":"1d",
            "regularMarketTime":1325664000,"currentTradingPeriod":{"regular":{"end":1325664000}}},"timestamp":[1325491200,1325577600,1325664000],
            "events":{"splits":{"1325577600":{"date":1325577600,"numerator":2,"denominator":1,"splitRatio":"2:1"}},"dividends":{"1325664000":
            {"date":1325664000,"amount":0.5}},"capitalGains":{"1325664000":{"date":1325664000,"amount":0.1}}},"indicators":{"quote":[{"open":
            [10,null,5],"high":[11,6,6],"low":[9,5,4],"close":[10,5,5],"volume":[100,200,300]}]}}],"error":null}}
            """#, #"{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found"}}}"#),
        ProviderSample(
            "yahoo", "chart-5m",
            #"{"chart":{"result":[{"meta":{"currency":"USD","dataGranularity":"5m"},"timestamp":[1325601000,1325601300],"indicators":{"quote":[{"open":[1,2],"high":[2,3],"low":[1,2],"close":[2,2],"volume":[1,null]}]}}],"error":null}}"#
        ),
        ProviderSample(
            "alphavantage", nil,
            #"{"Meta Data":{"3. Last Refreshed":"2012-01-04","5. Time Zone":"US/Eastern"},"Time Series (Daily)":{"2012-01-04":{"1. open":"10","2. high":"11","3. low":"9","4. close":"10","5. volume":"5"},"2012-01-03":{"1. open":"9","2. high":"10","3. low":"8","4. close":"9.5","5. volume":"7"}}}"#,
            "timestamp,open,high,low,close,volume\r\n2012-01-04,10,11,9,10,5\r\n2012-01-03,9,10,8,9.5,7\r\n", #"{"Note":"Thank you"}"#),
        ProviderSample(
            "alphavantage", "splits", #"{"symbol":"X","data":[{"effective_date":"2012-01-03","split_factor":"2.0000"}]}"#,
            "effective_date,split_factor\n2012-01-03,1.0460\n"),
        ProviderSample("alphavantage", "dividends", #"{"symbol":"X","data":[{"ex_dividend_date":"2012-01-03","amount":"0.5"}]}"#),
        ProviderSample(
            "alphavantage", "quote",
            #"{"Global Quote":{"01. symbol":"X","02. open":"1","05. price":"2","06. volume":"3","07. latest trading day":"2012-01-03"}}"#),
        ProviderSample(
            "tiingo", nil,
            #"[{"date":"2012-01-03T00:00:00.000Z","open":10,"high":11,"low":9,"close":10,"volume":5,"divCash":0.5,"splitFactor":2.0}]"#,
            "date,close,high,low,open,volume,divCash,splitFactor\n2012-01-03,10,11,9,10,5,0.5,2\n", #"{"detail":"Not found."}"#),
        ProviderSample(
            "polygon", nil,
            #"{"ticker":"X","adjusted":false,"status":"OK","results":[{"v":5,"o":10,"c":10,"h":11,"l":9,"t":1325566800000}],"next_url":"https://x/y?cursor=1&apiKey=k"}"#
        ),
        ProviderSample("polygon", "splits", #"{"status":"OK","results":[{"execution_date":"2012-01-03","split_from":1,"split_to":2}]}"#),
        ProviderSample("polygon", "dividends", #"{"status":"OK","results":[{"ex_dividend_date":"2012-01-03","cash_amount":0.5}]}"#),
        ProviderSample(
            "alpaca", nil, #"{"bars":{"X":[{"c":10,"h":11,"l":9,"o":10,"t":"2012-01-03T05:00:00Z","v":5}]},"next_page_token":null}"#,
            #"{"bars":[],"symbol":"X","next_page_token":"p"}"#),
        ProviderSample(
            "alpaca", "corporate-actions",
            #"{"corporate_actions":{"forward_splits":[{"ex_date":"2012-01-03","new_rate":2,"old_rate":1}],"cash_dividends":[{"ex_date":"2012-01-03","rate":0.5,"special":true}],"stock_dividends":[{"ex_date":"2012-01-03","rate":0.1}]},"next_page_token":null}"#
        ),
        ProviderSample(
            "twelvedata", nil,
            #"{"meta":{"symbol":"X","interval":"1day","currency":"USD","exchange_timezone":"America/New_York"},"values":[{"datetime":"2012-01-03","open":"10","high":"11","low":"9","close":"10","volume":"5"}],"status":"ok"}"#,
            #"{"code":429,"message":"You have run out of API credits","status":"error"}"#),
        ProviderSample(
            "twelvedata", "quote",
            #"{"symbol":"X","currency":"USD","datetime":"2012-01-03","timestamp":1325566800,"close":"10","volume":"5"}"#),
        ProviderSample("finnhub", nil, #"{"c":[10],"h":[11],"l":[9],"o":[10],"s":"ok","t":[1325548800],"v":[5]}"#),
        ProviderSample("finnhub", "quote", #"{"c":10,"h":11,"l":9,"o":10,"pc":9,"t":1325566800}"#),
        ProviderSample(
            "stooq", nil, "Date,Open,High,Low,Close,Volume\r\n2012-01-03,10,11,9,10,5\r\n", "<TICKER>,<PER>,<DATE>,<OPEN>\nX,D,20120103,1\n"
        ),
        ProviderSample(
            "iex", nil,
            #"[{"date":"2012-01-03","uOpen":20,"uHigh":22,"uLow":18,"uClose":20,"uVolume":5,"open":10,"high":11,"low":9,"close":10,"volume":10},{"date":"2012-01-04","open":10,"high":11,"low":9,"close":10,"volume":10}]"#,
            #"{"X":{"chart":[{"date":"2012-01-03","close":1}]}}"#),
        ProviderSample("iex", "splits", #"[{"exDate":"2012-01-03","toFactor":2,"fromFactor":1,"ratio":0.5}]"#),
        ProviderSample(
            "csv", nil, "Date;Open;High;Low;Close;Volume\n03.01.2012;1.234,50;1.240,00;1.230,00;1.235,00;1.2M\n",
            "date,open,high,low,close,volume\n01/13/2012,$10,11,9,10,\"1,200\"\nJan 16 2012,1,1,1,1,-\n"),
    ]
}

@Suite struct ProviderFuzzTests {
    @Test(arguments: ProviderSample.all)
    func `Responses of providers`(_ sample: ProviderSample) throws {
        let provider = try #require(ProviderCatalog.provider(named: sample.name, kind: sample.kind, key: "SECRETKEY"))
        let calendar = TradingCalendar.of(mic: "XNYS")
        let asOf = Instant(seconds: 1_330_000_000)
        try Fuzzing.run(seed: 31, texts: sample.bodies) { bytes in
            let error = provider.error(in: bytes, headers: [(name: "Retry-After", value: "120")])
            do throws(ProviderError) {
                let parsed = try provider.parse(bytes, calendar: calendar, asOf: asOf)
                #expect(error == nil)
                for bar in parsed.bars + parsed.adjusted + parsed.provisional { #expect(bar.low <= bar.high) }
                let dividends = parsed.actions.filter { !$0.isSplit }
                _ = Adjustment.factors(bars: parsed.bars, actions: parsed.actions)
                _ = (parsed.unadjusted(by: parsed.actions), dividends)
            } catch { #expect(error.detail.utf8.count < 2000) }
            _ = provider.redacted(bytes)
        }
    }
}
