/// Simulates a machine that always runs the most urgent job it knows of.
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <queue>
#include <string>
#include <vector>

struct Job {
    std::string name;
    int arrival;
    int length;
    int deadline;
};

/// What became of a job.
struct Outcome {
    std::string name;
    int finished;
    int waited;
    bool late;
};

/// Orders a queue by deadline, then by name, earliest on top.
struct LaterDeadline {
    const std::vector<Job>* jobs;

    bool operator()(std::size_t a, std::size_t b) const {
        const Job& left = (*jobs)[a];
        const Job& right = (*jobs)[b];
        if (left.deadline != right.deadline) {
            return left.deadline > right.deadline;
        }
        return left.name > right.name;
    }
};

/// Runs the jobs with preemption: at every tick the known job with the earliest
/// deadline runs. The trace receives one letter for each tick, '.' when idle.
std::vector<Outcome> simulate(const std::vector<Job>& jobs, std::string& trace) {
    std::vector<int> left;
    for (const Job& job : jobs) {
        left.push_back(job.length);
    }
    std::priority_queue<std::size_t, std::vector<std::size_t>, LaterDeadline> ready(
        LaterDeadline{&jobs});
    std::vector<Outcome> outcomes;
    for (int now = 0; outcomes.size() < jobs.size(); ++now) {
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            if (jobs[i].arrival == now) {
                ready.push(i);
            }
        }
        if (ready.empty()) {
            trace += '.';
            continue;
        }
        std::size_t running = ready.top();
        trace += jobs[running].name[0];
        if (--left[running] == 0) {
            ready.pop();
            const Job& job = jobs[running];
            outcomes.push_back(
                {job.name, now + 1, now + 1 - job.arrival - job.length, now + 1 > job.deadline});
        }
    }
    return outcomes;
}

int main() {
    const std::vector<Job> jobs = {
        {"Archive", 0, 6, 30}, {"Backup", 2, 4, 9},   {"Compile", 3, 3, 8},
        {"Deploy", 4, 2, 10},  {"Email", 18, 1, 19},
    };
    std::string trace;
    const auto outcomes = simulate(jobs, trace);
    std::cout << trace << '\n';
    int late = 0;
    for (const Outcome& outcome : outcomes) {
        std::cout << std::left << std::setw(8) << outcome.name << " done at " << std::right
                  << std::setw(2) << outcome.finished << ", waited " << outcome.waited
                  << (outcome.late ? ", late" : "") << '\n';
        late += outcome.late;
    }
    const auto idle = std::count(trace.begin(), trace.end(), '.');
    std::cout << late << " late, idle for " << idle << " of " << trace.size() << " ticks\n";
    return 0;
}
